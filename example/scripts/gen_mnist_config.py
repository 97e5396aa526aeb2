#!/usr/bin/env python3
"""Writes what one coordinator and its clients need to train an example in direct mode, without scheduler and selector.

    gen_mnist_config.py --job_name=tf_mnist --workspace=/tmp/nsfl/ --coordinator_port=8090 --client_ports=9091,9092 \\
        --runtime=tensorflow --platform=linux --rounds=20 --dataset=/tmp/nsfl/data/mnist/tf/mnist.npz

job_name is also the example's directory. One client for each port; each gets an equal slice of the samples.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

EXAMPLES = pathlib.Path(__file__).resolve().parents[1]
NSFL = EXAMPLES.parent / "nsfl"
SAMPLES = {"train": 60000, "evaluate": 10000}
SUFFIX = {"tensorflow": ".h5", "pytorch": ".pth"}


def main():
    arguments = parse()
    example = EXAMPLES / arguments.job_name
    suffix = SUFFIX.get(arguments.runtime)
    if suffix is None:
        sys.exit(f"--runtime {arguments.runtime}: one of {', '.join(SUFFIX)} is needed")
    if not (example / f"init_model{suffix}").exists():
        sys.exit(f"--job_name {arguments.job_name}: {example} has no init_model{suffix}; tf_mnist with tensorflow is there")
    if not os.path.exists(arguments.dataset):
        sys.exit(f"--dataset {arguments.dataset} does not exist: make it with example/data/mnist/prepare_tf_data.py")
    workspace = pathlib.Path(arguments.workspace)
    ports = [int(port) for port in arguments.client_ports.split(",")]
    python = interpreter(arguments.runtime)
    write_coordinator(workspace / "coordinator", arguments, ports, example / f"init_model{suffix}")
    for index, port in enumerate(ports):
        write_client(workspace / f"client_{index}", arguments, index, port, len(ports), example, python)
    print(f"wrote {workspace / 'coordinator'} and {len(ports)} clients")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("job_name", "workspace", "coordinator_port", "client_ports", "runtime", "platform", "rounds", "dataset"):
        parser.add_argument("--" + name, required=True)
    return parser.parse_args()


def write_coordinator(directory, arguments, ports, model):
    output = directory / arguments.job_name
    output.mkdir(parents=True, exist_ok=True)
    target = directory / (arguments.job_name + model.suffix)
    shutil.copyfile(model, target)
    write_json(
        directory / f"{arguments.job_name}.json",
        {
            "job_name": arguments.job_name.replace("_", "-"),
            "description": f"train {arguments.job_name}",
            "host": "0.0.0.0",
            "port": int(arguments.coordinator_port),
            "clients": ",".join(f"127.0.0.1:{port}" for port in ports),
            "model_path": str(target),
            "runtime": arguments.runtime,
            "task_entry": arguments.job_name,
            "output": str(output),
            "hyper_parameters": {
                "max_round_num": int(arguments.rounds),
                "client_num": len(ports),
                "threshold_client_num": len(ports),
                "evaluate_interval": 0,
                "save_interval": 0,
            },
        },
    )


def write_client(directory, arguments, index, port, of, example, python):
    entries = directory / "task_entrys"
    scripts = entries / arguments.job_name
    for made in (directory / "lmdb", directory / "workspace", scripts):
        made.mkdir(parents=True, exist_ok=True)
    for script in example.glob("*.py"):
        shutil.copyfile(script, scripts / script.name)
    datasets = directory / "datasets.json"
    known = json.loads(datasets.read_text()) if datasets.exists() else {}
    write_json(datasets, {**known, arguments.job_name: arguments.dataset})
    setup = {
        "lmdb_path": str(directory / "lmdb"),
        "workspace": str(directory / "workspace"),
        "server": f"127.0.0.1:{arguments.coordinator_port}",
        "port": port,
        "runtime": "",
        "datasets": str(datasets),
        "log_level": "info",
        "platform": arguments.platform,
        "task_config_entry": str(entries),
        "registration": "false",
    }
    setup["runtimes"] = {arguments.runtime: {"python": python}}
    write_json(directory / f"{arguments.job_name}.json", setup)
    task = {"script_path": str(scripts)}
    for kind, samples in SAMPLES.items():
        begin, end = samples * index // of, samples * (index + 1) // of
        task[kind] = {
            "timeout": 30,
            "command": "python3",
            "entry": f"{kind}.py",
            "params": {"--index_range": f"{begin},{end}"},
        }
    write_json(entries / f"{arguments.job_name}.json", task)


def interpreter(runtime):
    """A Python that has the framework: the one on PATH, this one, or the environment that ./nsfl makes, if need be now."""
    module = {"tensorflow": "tensorflow", "pytorch": "torch"}[runtime]
    made = pathlib.Path(os.environ.get("NSFL_HOME", pathlib.Path.home() / ".nsfl")) / "python" / runtime / "bin" / "python"
    for candidate in (shutil.which("python3"), sys.executable, str(made)):
        check = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
        if candidate and os.path.exists(candidate) and not subprocess.run([candidate, "-c", check, module]).returncode:
            return candidate
    try:
        return subprocess.run([str(NSFL), "python", runtime], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
    except subprocess.CalledProcessError:
        sys.exit(f"no Python with {module} was found or could be made: see above")


def write_json(path, content):
    path.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
