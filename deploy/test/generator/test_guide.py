"""The guide's own two configurations, and the command line around them."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import support
from support import GeneratorTest, changed, golden, guide, guide_text

SERVER = [
    "client_selector_setup.json",
    "ingress-job-scheduler.yaml",
    "ingress-model-manager.yaml",
    "ingress-nginx.yaml",
    "job-scheduler.yaml",
    "model-manager.yaml",
    "nginx.conf",
    "proxy.yaml",
    "selector.yaml",
]
CLIENT = ["task-manager.yaml", "task_manager_setup.json"]
GUIDES = ("cluster_deploy.md", "cluster_deploy_zh.md")


class GuideTest(GeneratorTest):
    def test_both_blocks_become_the_files_that_the_guide_names(self):
        for side, names in (("server", SERVER), ("client", CLIENT)):
            run = self.run_with(side, guide_text(side))
            self.assertEqual((run.code, run.errors()), (0, []))
            self.assertEqual(sorted(run.files), names)

    def test_files_are_as_reviewed(self):
        """UPDATE_GOLDEN=1 writes them anew. nginx.conf is the proxy's own affair."""
        for side in ("server", "client"):
            for name, text in self.run_with(side, guide_text(side)).files.items():
                place = golden("%s/%s" % (side, name))
                if name == "nginx.conf":
                    continue
                if support.update_golden():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(text, encoding="utf-8")
                self.assertEqual(text, place.read_text(encoding="utf-8"), name)

    def test_no_placeholder_is_left(self):
        for side in ("server", "client"):
            for name, text in self.run_with(side, guide_text(side)).files.items():
                lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
                self.assertIsNone(re.search(r"@[A-Z][A-Z0-9_]*@", "\n".join(lines)), name)

    def test_only_the_dotted_port_the_port_and_the_directory_are_warned_of(self):
        self.assertEqual(len(self.run_with("server", guide_text("server")).warnings()), 1)
        warnings = self.run_with("client", guide_text("client")).warnings()
        self.assertEqual(len(warnings), 2)
        self.assertIn("is read as 10.67.134.15:9001", warnings[1])

    def test_blocks_of_our_guides_generate_too(self):
        for name in GUIDES:
            text = (support.ROOT / "docs" / name).read_text(encoding="utf-8")
            blocks = re.findall(r"^( *)```json\n(.*?)^ *```", text, re.S | re.M)
            self.assertEqual(len(blocks), 2, name)
            for side, (indent, block) in zip(("server", "client"), blocks):
                run = self.run_with(side, re.sub("^" + indent, "", block, flags=re.M))
                self.assertEqual((run.code, run.errors()), (0, []))
                own = dict(support.leaves(support.commented_json.read(block).plain))
                differ = [path for path, value in support.leaves(guide(side)) if own[path] != value]
                self.assertEqual(differ, [("task_manager", "server_address")] if side == "client" else [])

    def test_the_same_configuration_makes_the_same_bytes(self):
        first, second = (self.run_with("server", guide_text("server")) for _ in range(2))
        self.assertEqual(first.files, second.files)

    def test_the_summary_names_secrets_directories_and_commands(self):
        run = self.run_with("server", guide_text("server"))
        for words in (
            "kubectl create secret generic pgsecret --from-literal=username=DATABASE_USER --from-literal=password=DATABASE_PASSWORD",
            "kubectl create secret generic miniosecret ",
            "nginx.conf /mnt/neursafe_fl/proxy/",
            "client_selector_setup.json /mnt/neursafe_fl/selector/",
            "kubectl create -f selector.yaml",
            "nsfl-ctl set config -s NODE:30083 -d http://10.67.134.15:9000 -u USER -p",
        ):
            self.assertIn(words, run.out)

    def test_the_summary_asks_for_https_where_there_is_tls(self):
        run = self.run_with("server", changed(guide("server"), ("tls",), {"secret": "fl-tls", "authority": "nsfl.example.org"}))
        self.assertIn("nsfl-ctl set config -s https://NODE:30084 -c ca.crt -d http://10.67.134.15:9000 -u USER -p", run.out)


class CommandLineTest(unittest.TestCase):
    def call(self, *arguments, cwd="/"):
        program = [sys.executable, str(support.KUBERNETES / "gen_yamls.py"), *arguments]
        return subprocess.run(program, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))

    def test_runs_from_any_directory_with_relative_paths(self):
        with tempfile.TemporaryDirectory() as home:
            (Path(home) / "c.json").write_text(guide_text("client"), encoding="utf-8")
            called = self.call("--type", "client", "--config_file", "c.json", "--output", "a/b", cwd=home)
            self.assertEqual(called.returncode, 0, called.stderr)
            self.assertEqual(sorted(os.listdir(home + "/a/b")), CLIENT)
            for name in CLIENT:
                self.assertEqual(os.stat("%s/a/b/%s" % (home, name)).st_mode & 0o777, 0o644)

    def test_flags_that_are_wrong_exit_1(self):
        for arguments in (["--type", "both", "--config_file", "x", "--output", "y"], ["--config_file", "x"], []):
            called = self.call(*arguments)
            self.assertEqual(called.returncode, 1)
            self.assertIn("gen_yamls.py: ", called.stderr)

    def test_a_file_that_is_absent_or_no_json_is_named(self):
        with tempfile.TemporaryDirectory() as home:
            called = self.call("--config_file", home + "/none", "--output", home + "/out")
            self.assertEqual((called.returncode, "Config file is not existing." in called.stderr), (1, True))
            Path(home, "bad").write_bytes(b"{\xff}")
            for text in (b"{\xff}", b"[]", b"{"):
                Path(home, "bad").write_bytes(text)
                called = self.call("--config_file", home + "/bad", "--output", home + "/out")
                self.assertEqual((called.returncode, "Config file is not in json format." in called.stderr), (1, True))
            self.assertFalse(Path(home, "out").exists())

    def test_a_directory_that_cannot_be_written_is_named_and_nothing_is_left(self):
        with tempfile.TemporaryDirectory() as home:
            Path(home, "c.json").write_text(guide_text("client"), encoding="utf-8")
            Path(home, "file").write_text("", encoding="utf-8")
            called = self.call("--type", "client", "--config_file", home + "/c.json", "--output", home + "/file")
            self.assertEqual((called.returncode, "cannot be written" in called.stderr), (1, True))

    def test_existing_outputs_are_replaced_and_others_stay(self):
        with tempfile.TemporaryDirectory() as home:
            Path(home, "c.json").write_text(guide_text("client"), encoding="utf-8")
            out = Path(home, "out")
            out.mkdir()
            (out / "task-manager.yaml").write_text("old", encoding="utf-8")
            (out / "mine").write_text("mine", encoding="utf-8")
            self.call("--type", "client", "--config_file", home + "/c.json", "--output", str(out))
            self.assertEqual(sorted(os.listdir(str(out))), ["mine"] + CLIENT)
            self.assertIn("kind: Deployment", (out / "task-manager.yaml").read_text(encoding="utf-8"))
            self.assertEqual(json.loads((out / "task_manager_setup.json").read_text(encoding="utf-8"))["port"], 9090)


if __name__ == "__main__":
    unittest.main()
