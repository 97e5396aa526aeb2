"""Adds the updates up; the mean is what an aggregation by the extender takes. Fails if a client is missing or counts twice."""

import json
import os

CLIENTS = 3


def take(updates, previous):
    taken = 1 if previous is None else previous["taken"] + 1
    before = {} if previous is None else previous["total"]
    total = {name: values + before.get(name, 0) for name, values in updates.weights.items()}
    return {"taken": taken, "total": total}


def end(params):
    assert params["taken"] == CLIENTS, params["taken"]
    seen = os.path.join(os.environ["NSFL_EXTENDER_STATE"], "rounds.json")
    rounds = json.load(open(seen)) if os.path.exists(seen) else []
    assert rounds == list(range(1, int(os.environ["NSFL_ROUND"]))), rounds
    json.dump(rounds + [int(os.environ["NSFL_ROUND"])], open(seen, "w"))
    return {"weights": {name: values / CLIENTS for name, values in params["total"].items()}}
