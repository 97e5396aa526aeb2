"""Adds optional keys to a configuration of gen_yamls.py, in place: vary.py GENERATOR FILE AUTHORITY|'' claims|''."""

import json
import sys

generator, path, authority, claims = sys.argv[1:5]
sys.path.insert(0, generator)
from generator import commented_json  # noqa: E402

with open(path, encoding="utf-8") as file:
    config = commented_json.read(file.read()).plain
if authority:
    config["tls"] = {"secret": "nsfl-tls", "authority": authority, "client_auth": "need"}
if claims and "task_manager" in config:
    for name, volume in config["task_manager"]["volumes"].items():
        volume["claim"] = "nsfl-client-" + name.replace("_", "-")
elif claims:
    for component in ("job_scheduler", "model_manager"):
        config[component]["volumes"]["workspace"] = {"claim": "nsfl-server"}
    for component, part in (("client_selector", "selector"), ("proxy", "proxy")):
        config[component]["volumes"]["config"] = {"claim": "nsfl-server", "sub_path": part}
with open(path, "w", encoding="utf-8") as file:
    json.dump(config, file, indent=2)
