"""Every output through a real API server's validation, without leaving anything there but what the test takes away again.

    NSFL_TEST_KUBECTL="kubectl" python3 -m unittest discover deploy/test/generator
"""

import os
import shlex
import subprocess
import unittest

from support import GeneratorTest, changed, guide

KUBECTL = shlex.split(os.environ.get("NSFL_TEST_KUBECTL", ""))


def variants():
    """Configurations that together use every kind of object."""
    server, client = guide("server"), guide("client")
    yield "server", server
    yield "client", client
    claims = changed(server, ("job_scheduler", "volumes", "workspace"), {"claim": "shared"})
    claims = changed(claims, ("model_manager", "volumes", "workspace"), {"claim": "shared"})
    claims = changed(claims, ("proxy", "volumes", "config"), {"claim": "shared", "sub_path": "proxy"})
    claims = changed(claims, ("client_selector", "volumes", "config"), {"claim": "shared", "sub_path": "selector"})
    claims = changed(claims, ("proxy", "replicas"), 3)
    claims = changed(claims, ("job_scheduler", "resources"), {"requests": {"cpu": 1}, "limits": {"memory": "2Gi"}})
    claims = changed(claims, ("job_scheduler", "options"), {"REPORT_PERIOD": 10, "TEXT": "a: \"b\"\n#c"})
    claims = changed(claims, ("model_manager", "node_selector"), {"kubernetes.io/os": "linux"})
    claims = changed(claims, ("storage",), {"type": "posix"})
    claims = changed(claims, ("tls",), {"secret": "nsfl-tls", "authority": "nsfl.example.org"})
    yield "server", claims
    closed = changed(server, ("proxy", "external"), False)
    closed = changed(closed, ("api_server", "external"), "false")
    closed = changed(closed, ("security",), {"prepare_directories": False})
    yield "server", changed(closed, ("auth",), {"mode": "token", "token": {"oidc_issuer": "https://login.example.org"}})
    full = changed(client, ("task_manager", "port"), 30090)
    full = changed(full, ("task_manager", "volumes", "workspace"), {"claim": "w"})
    full = changed(full, ("task_manager", "announce_nodes"), True)
    full = changed(full, ("task_manager", "enrolment"), {"secret_key_ref": {"name": "enrol"}})
    yield "client", changed(full, ("tls",), {"secret": "nsfl-tls"})


@unittest.skipUnless(KUBECTL, "NSFL_TEST_KUBECTL names no kubectl")
class ClusterTest(GeneratorTest):
    def kubectl(self, *arguments, text=None):
        return subprocess.run(KUBECTL + list(arguments), input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def setUp(self):
        """What a dry run does not make: the controller's namespace."""
        if self.kubectl("get", "namespace", "ingress-nginx").returncode != 0:
            made = self.kubectl("create", "namespace", "ingress-nginx")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.addCleanup(self.kubectl, "delete", "namespace", "ingress-nginx", "--wait=true")

    def test_the_api_server_takes_every_document(self):
        for side, config in variants():
            run = self.run_with(side, config)
            self.assertEqual(run.code, 0, run.err)
            for name, text in run.files.items():
                if name.endswith(".yaml"):
                    with self.subTest(name):
                        called = self.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f", "-", text=text)
                        self.assertEqual((called.returncode, called.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
