#!/usr/bin/env python3
"""Runs published experiments on the platform of this machine and prints ours beside theirs.

    ./nsfl up --clients 10
    examples/reproduce/reproduce.py --list
    examples/reproduce/reproduce.py 2nn-iid-e1-b10 cnn-iid-e5-b10

What is done is kept in NSFL_HOME/reproduce/results.json and not run again (--again does); a cell that was interrupted goes on
with its job, one whose job was stopped begins anew.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import published

HERE = pathlib.Path(__file__).resolve().parent
NSFL = HERE.parents[1] / "nsfl"
HOME = pathlib.Path(os.environ.get("NSFL_HOME", pathlib.Path.home() / ".nsfl"))
RESULTS = HOME / "reproduce" / "results.json"
PLACES = 10
ENDED = ("FINISHED", "FAILED", "STOPPED")


def main():
    arguments = parse()
    if arguments.list:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `--list | head` ends quietly
        for cell in published.CELLS.values():
            print(f"{cell.name:24} {goal(cell)}")
        return 0
    unknown = [name for name in arguments.cells if name not in published.CELLS]
    if unknown or not arguments.cells:
        sys.exit(f"which cells? {', '.join(unknown) or 'none given'}; --list names them")
    results = load()
    for name in arguments.cells:
        key = f"{name}-s{arguments.seed}"
        if arguments.again or key not in results:
            results[key] = run(published.CELLS[name], arguments.seed, arguments.again)
            save(results)
        print(line(published.CELLS[name], results[key]), flush=True)
    return 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="*", metavar="CELL")
    parser.add_argument("--list", action="store_true", help="the cells, and what is in print")
    parser.add_argument("--seed", type=int, default=1, help="of the run; the median of three is worth more (1)")
    parser.add_argument("--again", action="store_true", help="run also what is done")
    return parser.parse_args()


def run(cell, seed, again):
    """Plays one cell to its target or its last round; the curve of its accuracies."""
    job = f"{cell.name}-s{seed}"
    if again and state(job):
        ctl("delete", "job", "default", job)
        while state(job):
            time.sleep(1)
    if not state(job):
        workspace = build(cell, job, seed)
        ctl("create", "job", "default", "-w", str(workspace))
    elif state(job) == "STOPPED":
        ctl("start", "job", "default", job)
    print(f"{job}: {goal(cell)}", flush=True)
    seen = 0
    while True:
        curve = accuracies(job)
        if len(curve) > seen:
            seen = len(curve)
            print(f"  round {seen:4}  accuracy {curve[-1]:.4f}  best {max(curve):.4f}", flush=True)
        reached = rounds_to(curve, cell.target) if cell.target else None
        ended = state(job) in ENDED
        if state(job) == "FAILED":
            sys.exit(f"{job} failed: nsfl ctl describe job default {job} tells why; --again starts it anew")
        if reached is not None and not ended:
            ctl("stop", "job", "default", job)
        if reached is not None or ended:
            return {"curve": curve, "rounds": reached, "state": state(job)}
        time.sleep(2)


def build(cell, job, seed):
    """The workspace of the cell's job."""
    workspace = HOME / "reproduce" / job
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(HERE / "scripts", workspace / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (workspace / "model").mkdir()
    python = subprocess.run([NSFL, "python", "pytorch"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    model = workspace / "model" / "init_model.pth"
    subprocess.run([python, HERE / "make_model.py", cell.model, model], check=True)
    config = {
        "id": job,
        "description": f"reproduces {cell.name}: {goal(cell)}",
        "runtime": "pytorch",
        "output": "/output",
        "datasets": "mnist",
        "scripts": {"config_file": "reproduce.json"},
        # As texts: a parameter of 0 would reach the script as its name alone.
        "parameters": {
            "--model": cell.model,
            "--split": cell.split,
            "--population": str(cell.population),
            "--alpha": str(cell.alpha),
            "--epochs": str(cell.epochs),
            "--batch-size": str(cell.batch_size),
            "--learning-rate": str(cell.learning_rate),
            "--momentum": str(cell.momentum),
        },
        "hyper_parameters": {
            "max_round_num": cell.rounds,
            "client_num": PLACES,
            "threshold_client_num": PLACES,
            "evaluate_interval": 1,
            "save_interval": cell.rounds,
            "round_timeout": 1800,
            "seed": seed,
        },
        "resource": {"cpu": 0, "memory": 0},
        **cell.job,
    }
    (workspace / "config.json").write_text(json.dumps(config, indent=2))
    return workspace


def rounds_to(curve, target):
    """McMahan et al.: the curve is made monotone by its best value so far, and interpolated between rounds; None = not reached."""
    before = 0.0
    for index, accuracy in enumerate(curve):
        best = max(before, accuracy)
        if best >= target:
            return index + 1 if index == 0 else index + (target - before) / (best - before)
        before = best
    return None


def line(cell, result):
    if cell.target:
        ours = "not reached" if result["rounds"] is None else f"{result['rounds']:.1f}"
        ratio = "" if result["rounds"] is None else f"  ours/paper {result['rounds'] / cell.paper:.2f}"
        return f"{cell.name:24} rounds to {cell.target:.0%}: ours {ours}  paper {cell.paper:.0f}{ratio}"
    best = max(result["curve"], default=0)
    return f"{cell.name:24} best accuracy in {len(result['curve'])} rounds: ours {best:.4f}  in print {cell.paper:.4f}"


def goal(cell):
    wanted = f"rounds to {cell.target:.0%}, in print {cell.paper:.0f}" if cell.target else f"accuracy, in print {cell.paper:.4f}"
    return f"{cell.model} {cell.split} E={cell.epochs} B={cell.batch_size or 'all'}: {wanted}"


def accuracies(job):
    """By round, for the rounds that were evaluated."""
    rounds = get(f"jobs/{job}/metrics").get("rounds", [])
    return [one["evaluate"]["accuracy"] for one in rounds if "accuracy" in one.get("evaluate", {})]


def state(job):
    """Of a job; empty where there is none."""
    try:
        return get(f"jobs/{job}")["status"]["state"]
    except urllib.error.HTTPError:
        return ""


def get(path):
    address = json.loads((HOME / "ctl" / "nsfl.json").read_text())["api_server"]
    base = address if address.startswith("http") else f"http://{address}"
    with urllib.request.urlopen(f"{base}/api/v1/namespaces/default/{path}", timeout=60) as answer:
        return json.load(answer)


def ctl(*words):
    done = subprocess.run([NSFL, "ctl", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"nsfl ctl {' '.join(words)}: {done.stdout}")


def load():
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def save(results):
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    partial = RESULTS.with_suffix(".part")
    partial.write_text(json.dumps(results, indent=1))
    os.replace(partial, RESULTS)


if __name__ == "__main__":
    sys.exit(main())
