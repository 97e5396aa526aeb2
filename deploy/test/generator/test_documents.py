"""The documents of a deployment: the reference is what the code says, and no link is dead."""

import re
import subprocess
import sys
import unittest

import support

DOCS = support.ROOT / "docs"
PAGES = [
    "cluster_deploy.md", "cluster_deploy_zh.md", "develop.md", "install.md", "install_zh.md", "quick_start.md", "quick_start_zh.md",
    "architecture.md", "architecture_zh.md",
]


class DocumentsTest(unittest.TestCase):
    def test_the_reference_is_current(self):
        script = support.ROOT / "deploy" / "scripts" / "develop_reference.py"
        called = subprocess.run([sys.executable, str(script), "--check"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(called.returncode, 0, called.stderr)

    def test_every_link_leads_somewhere(self):
        for name in PAGES:
            text = (DOCS / name).read_text(encoding="utf-8")
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
                if not link.startswith(("http://", "https://")):
                    self.assertTrue((DOCS / link).exists(), "%s links to %s" % (name, link))

    def test_every_generated_variable_is_documented(self):
        documented = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("develop.md", "kubernetes.md"))
        for path in (support.HERE / "golden").rglob("*.yaml"):
            for variable in re.findall(r"^ *- name: ([A-Z][A-Z0-9_]+)$", path.read_text(encoding="utf-8"), re.M):
                known = "`%s`" % variable in documented or path.name == "ingress-nginx.yaml"
                self.assertTrue(known, "%s in %s" % (variable, path.name))

    def test_both_guides_have_the_same_commands(self):
        commands = []
        for name in ("cluster_deploy.md", "cluster_deploy_zh.md"):
            text = (DOCS / name).read_text(encoding="utf-8")
            blocks = re.findall(r"^ *`{3,}shell\n(.*?)^ *`{3,}", text, re.S | re.M)
            commands.append(sorted(re.sub(r"\s+", " ", line).strip() for block in blocks for line in block.splitlines() if line.strip()))
        kubectl_get = {"kubectl get pod", "kubectl get pod -n ingress-nginx"}
        self.assertEqual(
            [line for line in commands[0] if line not in kubectl_get], [line for line in commands[1] if line not in kubectl_get]
        )


if __name__ == "__main__":
    unittest.main()
