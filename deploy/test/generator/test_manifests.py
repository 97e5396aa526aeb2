"""What the generated YAML promises to Kubernetes and to the services."""

import json
import unittest

import plain_yaml
from support import GeneratorTest, changed, guide

ORDER = [
    "ServiceAccount", "Role", "RoleBinding", "Service", "Deployment", "NetworkPolicy", "PodDisruptionBudget",
]
COMPONENTS = {
    "job-scheduler.yaml": "server",
    "model-manager.yaml": "server",
    "selector.yaml": "server",
    "proxy.yaml": "server",
    "task-manager.yaml": "client",
}
NEEDS_THE_API = {"job-scheduler.yaml", "task-manager.yaml"}


class ManifestsTest(GeneratorTest):
    def documents(self, name, config=None):
        side = COMPONENTS.get(name, "server")
        run = self.run_with(side, config or guide(side))
        self.assertEqual(run.code, 0, run.err)
        return plain_yaml.documents(run.files[name])

    def one(self, kind, name, config=None):
        return [document for document in self.documents(name, config) if document["kind"] == kind][0]

    def pod(self, name, config=None):
        return self.one("Deployment", name, config)["spec"]["template"]["spec"]

    def env(self, name, config=None):
        return {entry["name"]: entry.get("value") for entry in self.pod(name, config)["containers"][0]["env"]}

    def test_both_readers_of_yaml_agree(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("PyYAML is not installed; the reader of these tests is used alone")
        for side in ("server", "client"):
            for name, text in self.run_with(side, guide(side)).files.items():
                if name.endswith(".yaml"):
                    self.assertEqual(plain_yaml.documents(text), list(yaml.safe_load_all(text)), name)

    def test_documents_come_in_order_with_namespace_and_labels(self):
        for name in COMPONENTS:
            kinds = [document["kind"] for document in self.documents(name)]
            wanted = ORDER if name in NEEDS_THE_API else [kind for kind in ORDER if not kind.startswith("Role")]
            self.assertEqual(list(dict.fromkeys(kinds)), wanted)
            for document in self.documents(name):
                self.assertEqual(document["metadata"]["namespace"], "default")
                for label in ("name", "instance", "component", "part-of", "managed-by"):
                    self.assertIn("app.kubernetes.io/" + label, document["metadata"]["labels"])

    def test_a_namespace_of_its_own_is_everywhere(self):
        for name, side in COMPONENTS.items():
            config = changed(guide(side), ("k8s", "namespace"), "fl")
            self.assertEqual({document["metadata"]["namespace"] for document in self.documents(name, config)}, {"fl"})
            if side == "server" and name != "model-manager.yaml" and name != "selector.yaml":
                self.assertEqual(self.env(name, config)["K8S_NAMESPACE"], "fl")

    def test_pods_have_no_more_rights_than_they_need(self):
        for name in COMPONENTS:
            pod = self.pod(name)
            self.assertEqual(pod["automountServiceAccountToken"], name in NEEDS_THE_API)
            self.assertEqual(pod["enableServiceLinks"], False)
            self.assertEqual(pod["securityContext"]["runAsNonRoot"], True)
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            container = pod["containers"][0]["securityContext"]
            self.assertEqual(container["capabilities"], {"drop": ["ALL"]})
            self.assertEqual((container["allowPrivilegeEscalation"], container["readOnlyRootFilesystem"]), (False, True))
            for init in pod.get("initContainers", []):
                self.assertEqual(init["securityContext"]["capabilities"], {"drop": ["ALL"], "add": ["CHOWN"]})

    def test_nodes_are_listed_only_where_that_is_wanted(self):
        kinds = [document["kind"] for document in self.documents("task-manager.yaml")]
        self.assertNotIn("ClusterRole", kinds)
        config = changed(guide("client"), ("task_manager", "announce_nodes"), True)
        rules = self.one("ClusterRole", "task-manager.yaml", config)["rules"]
        self.assertEqual(rules, [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}])

    def test_pods_have_probes_limits_and_a_place_to_write(self):
        for name in COMPONENTS:
            container = self.pod(name)["containers"][0]
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                self.assertTrue({"httpGet", "grpc"} & set(container[probe]))
            self.assertIn("memory", container["resources"]["limits"])
            self.assertIn({"name": "tmp", "mountPath": "/tmp"}, container["volumeMounts"])
            self.assertEqual(container["imagePullPolicy"], "IfNotPresent")
            mounted = [mount["name"] for mount in container["volumeMounts"]]
            self.assertEqual(sorted(mounted), sorted(volume["name"] for volume in self.pod(name)["volumes"]))

    def test_environment_has_the_order_of_the_reference(self):
        names = list(self.env("job-scheduler.yaml"))
        self.assertEqual(
            names[:19],
            "DB_ADDRESS DB_USERNAME DB_PASSWORD DB_TYPE DB_NAME DB_COLLECTION_NAME HTTP_PORT SELECTOR_ADDRESS K8S_ADDRESS"
            " PROXY_ADDRESS CLOUD_OS COORDINATOR_IMAGE JOB_SCHEDULER_ADDRESS TEMP_DIR WORKSPACE SOURCE_MOUNT_PATH GPU_RS_KEY"
            " K8S_NAMESPACE LOG_LEVEL".split(),
        )
        names = list(self.env("model-manager.yaml"))
        self.assertEqual(
            names[:12],
            "STORAGE_ENDPOINT STORAGE_TYPE ACCESS_KEY SECRET_KEY DB_ADDRESS DB_USERNAME DB_PASSWORD DB_TYPE DB_NAME"
            " DB_COLLECTION_NAME PORT LOG_LEVEL".split(),
        )
        names = list(self.env("task-manager.yaml"))
        self.assertEqual(
            names[:13],
            "DB_ADDRESS DB_USERNAME DB_PASSWORD DB_TYPE DB_NAME DB_COLLECTION_NAME K8S_ADDRESS GPU_RS_KEY K8S_NAMESPACE"
            " CONTAINER_EXECUTOR_IMAGE WORKER_PORT WORKER_HTTP_PROXY WORKER_HTTPS_PROXY".split(),
        )

    def test_what_the_guide_calls_effective_is(self):
        env = self.env("job-scheduler.yaml")
        self.assertEqual(env["COORDINATOR_PORT"], "50051")
        self.assertEqual(env["MODEL_MANAGER_ADDRESS"], "nsfl-model-manager:50057")
        self.assertEqual(env["PROXY_ADDRESS"], "nsfl-proxy-routes:9003")
        self.assertEqual(env["SOURCE_MOUNT_PATH"], "/mnt/neursafe_fl")
        self.assertEqual(self.env("model-manager.yaml")["MODELS_DIR"], "models")
        self.assertEqual(self.env("task-manager.yaml")["PLATFORM"], "k8s")
        closed = changed(guide("server"), ("api_server", "external"), False)
        self.assertEqual(self.one("Service", "ingress-nginx.yaml")["spec"]["type"], "NodePort")
        self.assertEqual(self.one("Service", "ingress-nginx.yaml", closed)["spec"]["type"], "ClusterIP")

    def test_passwords_are_references_only(self):
        for name, variables in (
            ("job-scheduler.yaml", ("DB_USERNAME", "DB_PASSWORD")),
            ("model-manager.yaml", ("ACCESS_KEY", "SECRET_KEY", "DB_PASSWORD")),
            ("selector.yaml", ("DB_PASSWORD",)),
            ("task-manager.yaml", ("DB_PASSWORD",)),
        ):
            for entry in self.pod(name)["containers"][0]["env"]:
                if entry["name"] in variables:
                    self.assertEqual(list(entry["valueFrom"]), ["secretKeyRef"])

    def test_options_are_texts_and_replace_generated_variables(self):
        strange = "a: b #\"c\n\u2028\u0085\U0001f600"
        options = {"REPORT_PERIOD": 10, "X": True, "LOG_LEVEL": "debug", "F": 1.5, "Y": strange}
        env = self.env("job-scheduler.yaml", changed(guide("server"), ("job_scheduler", "options"), options))
        self.assertEqual([env[name] for name in options], ["10", "true", "debug", "1.5", strange])

    def test_ports_of_the_nodes(self):
        self.assertEqual([port["nodePort"] for port in self.one("Service", "proxy.yaml")["spec"]["ports"]], [30091, 30092])
        self.assertNotIn("nodePort", self.one("Service", "task-manager.yaml")["spec"]["ports"][0])
        for port, extra, expected in ((30090, {}, 30090), (9090, {"node_port": 31000}, 31000)):
            config = changed(guide("client"), ("task_manager", "port"), port)
            config["task_manager"].update(extra)
            entry = self.one("Service", "task-manager.yaml", config)["spec"]["ports"][0]
            self.assertEqual((entry["port"], entry["nodePort"]), (port, expected))
        closed = changed(guide("server"), ("proxy", "external"), "False")
        service = self.one("Service", "proxy.yaml", closed)["spec"]
        self.assertEqual((service["type"], "nodePort" in service["ports"][0]), ("ClusterIP", False))

    def test_claims_take_the_place_of_directories_of_the_nodes(self):
        config = changed(guide("server"), ("job_scheduler", "volumes", "workspace"), {"claim": "shared"})
        env = self.env("job-scheduler.yaml", config)
        self.assertEqual((env["NSFL_WORKSPACE_CLAIM"], "SOURCE_MOUNT_PATH" in env), ("shared", False))
        self.assertIn(
            {"name": "workspace", "persistentVolumeClaim": {"claimName": "shared"}},
            self.pod("job-scheduler.yaml", config)["volumes"],
        )
        config = changed(guide("client"), ("task_manager", "volumes", "workspace"), {"claim": "w"})
        config = changed(config, ("task_manager", "volumes", "datasets"), {"claim": "d", "source": "/data"})
        self.assertEqual(
            self.env("task-manager.yaml", config)["NSFL_VOLUME_CLAIMS"], "/nsfl/client/workspace=w,/data=d"
        )

    def test_access_follows_the_storage(self):
        env = self.env("job-scheduler.yaml")
        self.assertEqual((env["NSFL_AUTH_MODE"], env["STORAGE_ENDPOINT"]), ("storage", "http://10.67.134.15:9000"))
        posix = changed(guide("server"), ("storage",), {"type": "posix"})
        for name in ("job-scheduler.yaml", "model-manager.yaml"):
            env = self.env(name, posix)
            self.assertEqual(env["NSFL_AUTH_MODE"], "token")
            self.assertEqual(env["NSFL_AUTH_TOKEN_KEYFILES"], "/nsfl/secrets/token/keys.json")
            self.assertEqual(env["NSFL_AUTH_TOKEN_ISSUER"], "nsfl")
            self.assertNotIn("ACCESS_KEY", env)
        issuer = changed(posix, ("auth",), {"token": {"oidc_issuer": "https://login.example.org"}})
        env = self.env("job-scheduler.yaml", issuer)
        self.assertEqual(env["NSFL_AUTH_TOKEN_OIDCISSUER"], "https://login.example.org")
        self.assertNotIn("NSFL_AUTH_TOKEN_KEYFILES", env)

    def test_enrolment_by_token(self):
        secret = {"secret_key_ref": {"name": "enrol"}}
        config = changed(guide("server"), ("client_selector", "enrolment"), dict(secret, mode="token"))
        self.assertEqual(json.loads(self.run_with("server", config).files["client_selector_setup.json"])["auth_client"], "true")
        env = self.env("selector.yaml", config)
        self.assertEqual(env["NSFL_SELECTOR_ENROLMENTTOKENSFILE"], "/nsfl/secrets/enrolment/tokens")
        setup = self.run_with("client", changed(guide("client"), ("task_manager", "enrolment"), secret)).files["task_manager_setup.json"]
        self.assertEqual(json.loads(setup)["enrolment_token_file"], "/nsfl/secrets/enrolment/token")

    def test_tls_reaches_every_component(self):
        for name, side in COMPONENTS.items():
            config = changed(guide(side), ("tls",), {"secret": "fl-tls", "authority": "nsfl.example.org"})
            secrets = [volume["secret"]["secretName"] for volume in self.pod(name, config)["volumes"] if "secret" in volume]
            self.assertIn("fl-tls", secrets)
        config = changed(guide("server"), ("tls",), {"secret": "fl-tls"})
        self.assertEqual(self.env("job-scheduler.yaml", config)["NSFL_COORDINATOR_TLS_SECRET"], "fl-tls")
        probe = self.pod("job-scheduler.yaml", config)["containers"][0]["readinessProbe"]
        self.assertEqual(probe["httpGet"]["scheme"], "HTTPS")
        annotations = self.one("Ingress", "ingress-job-scheduler.yaml", config)["metadata"]["annotations"]
        self.assertEqual(annotations["nginx.ingress.kubernetes.io/backend-protocol"], "HTTPS")

    def test_the_door_of_the_proxy(self):
        plain = self.run_with("server", guide("server")).files["nginx.conf"]
        self.assertRegex(plain, r"(?m)^ *listen 30091 http2")
        self.assertRegex(plain, r"server 127.0.0.1:9004;")
        tls = self.run_with("server", changed(guide("server"), ("tls",), {"secret": "fl-tls", "client_auth": "need"})).files["nginx.conf"]
        self.assertRegex(tls, r"(?m)^ *listen 30091 ssl http2")
        self.assertRegex(tls, r"(?m)^ *ssl_certificate /nsfl/secrets/tls/tls.crt;")
        self.assertRegex(tls, r"(?m)^ *ssl_verify_client on;")
        for text in (plain, tls):
            active = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
            self.assertEqual(active.count("{"), active.count("}"))

    def test_the_ingress_leads_to_what_users_may_ask_and_to_nothing_else(self):
        paths = {}
        for name in ("ingress-job-scheduler.yaml", "ingress-model-manager.yaml"):
            ingress = self.one("Ingress", name)
            self.assertEqual(ingress["spec"]["ingressClassName"], "nginx")
            for path in ingress["spec"]["rules"][0]["http"]["paths"]:
                paths[path["path"]] = path["backend"]["service"]["name"]
        self.assertEqual(paths["/api/v1/health"], "nsfl-job-scheduler")
        self.assertEqual(paths["/api/v1/models"], "nsfl-model-manager")
        self.assertFalse([path for path in paths if "heartbeat" in path or "internal" in path])

    def test_replicas_and_resources(self):
        config = changed(guide("server"), ("proxy", "replicas"), 3)
        config = changed(config, ("proxy", "resources"), {"limits": {"memory": "3Gi", "cpu": 2}})
        self.assertEqual(self.one("Deployment", "proxy.yaml", config)["spec"]["replicas"], 3)
        resources = self.pod("proxy.yaml", config)["containers"][0]["resources"]
        self.assertEqual(resources["limits"], {"memory": "3Gi", "cpu": "2"})
        self.assertIn("memory", resources["requests"])

    def test_a_path_of_the_nodes_is_one_argument_whatever_is_in_it(self):
        for path in ('/mnt/"a" b', "/mnt/a\\b]", "/mnt/#a", "/mnt/{a}"):
            config = changed(guide("client"), ("task_manager", "volumes", "config", "source"), path)
            container = self.pod("task-manager.yaml", config)["containers"][0]
            self.assertEqual(container["args"], ["--config_file", path + "/task_manager_setup.json"])

    def test_setups_hold_what_the_services_read(self):
        run = self.run_with("server", guide("server"))
        self.assertEqual(
            json.loads(run.files["client_selector_setup.json"]), {"port": 50055, "log_level": "info", "auth_client": "false"}
        )
        config = changed(guide("client"), ("task_manager", "resource"), {"cpu": 4})
        setup = json.loads(self.run_with("client", config).files["task_manager_setup.json"])
        self.assertEqual(setup["server"], "10.67.134.15:9001")
        self.assertEqual(setup["datasets"], "/mnt/neursafe_fl/datasets/datasets.json")
        self.assertEqual((setup["storage_quota"], setup["registration"], setup["platform"]), (1024, "true", "k8s"))
        self.assertEqual((setup["resource"], setup["external_address"]), ({"cpu": 4}, "nsfl-task-manager.default:9090"))


if __name__ == "__main__":
    unittest.main()
