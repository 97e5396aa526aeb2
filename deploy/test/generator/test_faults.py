"""Whatever is broken is told, with its path and all at once, and nothing is written."""

import random
import unittest

from support import GeneratorTest, changed, guide, leaves

# What may be left out, with its default.
OPTIONAL = {
    "server": {
        "job_scheduler.port", "job_scheduler.db_collection_name", "client_selector.port", "model_manager.port",
        "model_manager.db_collection_name", "model_manager.models_dir", "proxy.external", "api_server.external", "coordinator.port",
        "k8s.address", "k8s.gpu_rs_key", "k8s.namespace", "others.log_level",
    },
    "client": {
        "task_manager.port", "task_manager.external", "task_manager.db_collection_name", "task_manager.runtime",
        "task_manager.storage_quota", "task_manager.registration", "executor.port", "executor.http_proxy", "executor.https_proxy",
        "k8s.address", "k8s.gpu_rs_key", "k8s.namespace", "others.log_level",
    },
}
# A value that no key takes in the given place.
HOSTILE = ["a b\nc: d", "../../etc", "${HOME}", "`id`", "x\"y", "%", -1, 0.5, [], {}, "ｘ"]


class FaultsTest(GeneratorTest):
    def test_every_key_that_is_missing_is_told_or_has_a_default(self):
        for side in ("server", "client"):
            for path, _ in leaves(guide(side)):
                name = ".".join(path)
                run = self.run_with(side, changed(guide(side), path, ...))
                if name in OPTIONAL[side]:
                    self.assertEqual(run.code, 0, name + run.err)
                else:
                    self.assertEqual((run.code, run.files), (1, {}), name)
                    self.assertEqual(len(run.errors()), 1, run.err)
                    self.assertIn(" %s: is missing; give " % name, run.err)

    def test_every_key_that_is_broken_is_told_with_path_and_value(self):
        for side in ("server", "client"):
            for path, value in leaves(guide(side)):
                broken = {"not": "this"} if not isinstance(value, dict) else "not this"
                run = self.run_with(side, changed(guide(side), path, broken))
                self.assertEqual((run.code, run.files), (1, {}), ".".join(path))
                self.assertIn("config.json:1: %s = " % ".".join(path), run.err)

    def test_the_sandbox_is_wanted_required_or_not(self):
        for given in (True, "false", "Required"):
            self.assertEqual(self.run_with("client", changed(guide("client"), ("task_manager", "sandbox"), given)).code, 0, given)
        run = self.run_with("client", changed(guide("client"), ("task_manager", "sandbox"), "always"))
        self.assertIn("task_manager.sandbox = \"always\": must be true, false or required", run.err)

    def test_every_object_that_is_missing_is_told_once(self):
        for side, name in (("server", "proxy"), ("server", "storage"), ("client", "executor"), ("client", "db")):
            run = self.run_with(side, changed(guide(side), (name,), ...))
            self.assertEqual((run.code, len(run.errors())), (1, 1), run.err)
            self.assertIn("%s: is missing" % name, run.err)

    def test_all_faults_are_told_at_once(self):
        chance = random.Random(11)
        for side in ("server", "client"):
            for _ in range(20):
                config, paths = guide(side), []
                candidates = [path for path, _ in leaves(config) if ".".join(path) not in OPTIONAL[side]]
                for path in chance.sample(candidates, 5):
                    config = changed(config, path, ["broken"])
                    paths.append(".".join(path))
                run = self.run_with(side, config)
                self.assertEqual((run.code, run.files, len(run.errors())), (1, {}, 5), run.err)
                for path in paths:
                    self.assertIn(" %s = " % path, run.err)
                self.assertIn("5 faults in ", run.err)

    def test_hostile_values_neither_pass_nor_break_the_yaml(self):
        for side in ("server", "client"):
            for path, _ in leaves(guide(side)):
                for value in HOSTILE:
                    run = self.run_with(side, changed(guide(side), path, value))
                    self.assertIn(run.code, (0, 1))
                    self.assertEqual(run.code == 0, bool(run.files))
                    for text in run.files.values():
                        self.assertNotIn("a b\nc: d", text)

    def test_suggestions(self):
        for side, path, value, words in (
            ("server", ("proxy", "grpc_port"), 9001, "must be a whole number from 30000 to 32767"),
            ("server", ("job_scheduler", "service_name"), "NSFL_scheduler", 'did you mean "nsfl-scheduler"?'),
            ("server", ("model_manager", "models_dir"), "/mnt/models", 'did you mean "models"?'),
            ("server", ("db", "type"), "postgreSQ", "did you mean postgreSQL?"),
            ("server", ("db", "address"), "http://10.0.0.1:5432", 'did you mean "10.0.0.1:5432"?'),
            ("server", ("db", "address"), "10.0.0.1", 'for example "10.0.0.1:9001"'),
            ("server", ("proxy", "http_port"), 30091, "ports of one pod must differ"),
            ("server", ("api_server", "http_port"), 30092, "ports of the nodes must differ"),
            ("server", ("proxy", "service_name"), "nsfl-job-scheduler", "names of Services must differ"),
            ("server", ("coordinator", "image"), "Nsfl Coordinator", "is no image"),
            ("server", ("job_scheduler", "replicas"), 2, "this component is one process"),
            ("server", ("auth",), {"mode": "tokn"}, "did you mean token?"),
            ("client", ("task_manager", "runtime"), "tensorflw", "did you mean tensorflow?"),
            ("client", ("task_manager", "server_address"), "10.0.0.999.9001", "is no host"),
            ("client", ("task_manager", "volumes", "lmdb", "source"), "mnt/lmdb", 'did you mean "/mnt/lmdb"?'),
            ("client", ("task_manager", "volumes", "lmdb", "source"), "/mnt/neursafe_fl/workspace", "directories must differ"),
            ("client", ("task_manager", "resource"), {"gpu": "two"}, "task_manager.resource.gpu"),
        ):
            run = self.run_with(side, changed(guide(side), path, value))
            self.assertEqual((run.code, run.files), (1, {}), (path, value))
            self.assertIn(words, run.err)

    def test_unknown_keys_are_warnings_with_the_nearest_known_one(self):
        run = self.run_with("server", changed(guide("server"), ("proxy", "grcp_port"), 1))
        self.assertEqual(run.code, 0)
        self.assertIn("proxy.grcp_port = 1: is not known and has no effect; did you mean grpc_port?", run.err)
        run = self.run_with("client", changed(guide("client"), ("task_manager", "volumes", "lmbd"), {"source": "/x"}))
        self.assertEqual(run.code, 0)
        self.assertIn("task_manager.volumes.lmbd", run.err)

    def test_the_other_sides_file_is_recognised(self):
        run = self.run_with("client", guide("server"))
        self.assertEqual(run.code, 1)
        self.assertIn("did you mean --type server?", run.err)

    def test_both_spellings_of_the_task_configs_at_once_are_refused(self):
        run = self.run_with("client", changed(guide("client"), ("task_manager", "volumes", "task-configs"), {"source": "/x"}))
        self.assertEqual(run.code, 1)
        self.assertIn("is the same as task_configs", run.err)


if __name__ == "__main__":
    unittest.main()
