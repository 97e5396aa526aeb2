"""An extender that gives clients the number of rounds so far, and takes the next one from what their scripts left."""

import os

STATE = os.path.join(os.environ["NSFL_EXTENDER_STATE"], "rounds")


def give(params):
    rounds = int(open(STATE).read()) if os.path.exists(STATE) else 0
    note = os.path.join(os.environ["TMPDIR"], "note")
    with open(note, "w") as file:
        file.write("round %d" % rounds)
    return {"note.txt": note}, {"rounds": rounds}


def take(updates, previous):
    with open(os.path.join(updates.custom_files, "note.txt")) as file:
        assert file.read() == "round %d" % (updates.custom_params.rounds - 1)
    assert previous is None or previous["rounds"] == updates.custom_params.rounds
    return {"rounds": updates.custom_params.rounds}


def end(params):
    with open(STATE, "w") as file:
        file.write(str(params["rounds"]))
