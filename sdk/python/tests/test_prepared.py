"""The process that forks scripts, spoken to as the executor does."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SDK = Path(__file__).resolve().parents[1]

# Is imported by the process itself: it is in the middle of this when one of its scripts ends, and has a signal to look at before.
BUSY_WHILE_A_SCRIPT_ENDS = """
import os, signal
os.kill(os.getpid(), signal.SIGCHLD)
open({go!r}, "w").close()
pid = int(open({pid!r}).read())
while True:
    with open(f"/proc/{{pid}}/stat") as file:
        if file.read().rpartition(")")[2].split()[0] == "Z":
            break
"""


# Everything that a script may leave to the interpreter's end.
LEFT_UNFINISHED = """
import atexit, ctypes, sys, threading
import kept

class Late:
    def __init__(self, out):
        self.out, self.held = out, []
    def write(self, text):
        self.held.append(text)
    def flush(self):
        self.out.write("".join(self.held))
        self.held.clear()
        self.out.flush()

sys.stderr = Late(sys.stderr)
print("held back", file=sys.stderr)

class Kept:
    def __init__(self, text):
        self.text = text
    def __del__(self):
        print("dropped", self.text)

main = Kept("by the script")
kept.other = Kept("by its module")
unflushed = open("unflushed", "w")
unflushed.write("all of it")
atexit.register(print, "at exit")
end = threading.Event()
threading.Thread(target=lambda: (end.wait(), print("thread"))).start()
ctypes.CDLL(None).puts(b"from C")
end.set()
"""


@pytest.fixture
def prepared(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", "neursafe_fl._prepared"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SDK), str(tmp_path)])},
    )
    yield process
    process.stdin.close()
    process.wait(timeout=60)
    process.stdout.close()


def say(process, request):
    process.stdin.write(json.dumps(request) + "\n")


def hear(process):
    line = process.stdout.readline()
    assert line, "the process has ended"
    return json.loads(line)


def run(tmp_path, number, source):
    script = tmp_path / f"script{number}.py"
    script.write_text(source)
    return {
        "id": number,
        "run": {
            "argv": [str(script)],
            "cwd": str(tmp_path),
            "env": {"PATH": os.environ["PATH"]},
            "log": str(tmp_path / f"log{number}"),
            "log_limit": 1000,
        },
    }


def test_a_script_runs_and_its_end_is_told(prepared, tmp_path):
    say(prepared, run(tmp_path, 1, "print('hello')\nraise SystemExit(3)"))

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": 3}
    assert (tmp_path / "log1").read_text() == "hello\n"


def test_temporary_files_are_where_the_task_has_them_whatever_was_imported_ahead(prepared, tmp_path):
    (tmp_path / "early.py").write_text("import tempfile\ntempfile.gettempdir()")
    say(prepared, {"preload": ["early"]})
    request = run(tmp_path, 1, "import tempfile\nprint(tempfile.gettempdir())")
    request["run"]["env"]["TMPDIR"] = str(tmp_path)

    say(prepared, request)

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": 0}
    assert (tmp_path / "log1").read_text() == f"{tmp_path}\n"


def test_a_log_that_an_earlier_start_made_a_link_is_not_written_through(prepared, tmp_path):
    other = tmp_path / "other"
    other.write_text("kept")
    (tmp_path / "log1").symlink_to(other)

    say(prepared, run(tmp_path, 1, "print('hello')"))

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": 0}
    assert (other.read_text(), (tmp_path / "log1").read_text()) == ("kept", "hello\n")


def test_a_script_that_ends_while_another_end_is_looked_at_harms_nobody(prepared, tmp_path):
    go, pid = tmp_path / "go", tmp_path / "pid"
    (tmp_path / "busy.py").write_text(BUSY_WHILE_A_SCRIPT_ENDS.format(go=str(go), pid=str(pid)))
    say(prepared, run(tmp_path, 1, f"import os, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.01)"))
    pid.write_text(str(hear(prepared)["pid"]))

    say(prepared, {"preload": ["busy"]})

    assert hear(prepared) == {"id": 1, "ended": 0}
    say(prepared, run(tmp_path, 2, ""))
    assert hear(prepared)["id"] == 2
    assert hear(prepared) == {"id": 2, "ended": 0}


@pytest.mark.parametrize("version", [{"__init__": "def seed(): pass", "_dynamo": ""}, {"__init__": "def seed(): pass"}])
def test_what_torch_imports_at_its_first_use_is_there_too(prepared, tmp_path, version):
    package = tmp_path / "torch"
    package.mkdir()
    for module, source in version.items():
        (package / f"{module}.py").write_text(source)
    say(prepared, {"preload": ["torch"]})
    say(prepared, run(tmp_path, 1, "import sys\nprint(*sorted(name for name in sys.modules if name.startswith('torch')))"))

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": 0}
    expected = ["torch", "torch._dynamo"][: len(version)]
    assert (tmp_path / "log1").read_text().split() == expected


@pytest.mark.parametrize(
    "module, draw",
    [
        ("random", "random.random()"),
        ("numpy", "numpy.random.random()"),
        ("torch", "torch.rand(1).item()"),
        ("tensorflow", "float(tensorflow.random.uniform([]))"),
    ],
)
def test_no_script_draws_the_random_numbers_of_another(prepared, tmp_path, module, draw):
    pytest.importorskip(module)
    say(prepared, {"preload": [module]})
    for number in (1, 2):
        say(prepared, run(tmp_path, number, f"import {module}\nprint('drawn', {draw})"))
        assert hear(prepared)["id"] == number
        assert hear(prepared) == {"id": number, "ended": 0}

    drawn = {line for number in (1, 2) for line in (tmp_path / f"log{number}").read_text().splitlines() if "drawn" in line}
    assert len(drawn) == 2


@pytest.mark.parametrize("last", ["", "raise SystemExit", "raise SystemExit(7)"])
def test_what_a_script_leaves_to_its_end_is_done(prepared, tmp_path, last):
    (tmp_path / "kept.py").write_text("")
    say(prepared, run(tmp_path, 1, LEFT_UNFINISHED + last))

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": 7 if "7" in last else 0}
    said = (tmp_path / "log1").read_text().splitlines()
    assert sorted(said) == ["at exit", "dropped by its module", "dropped by the script", "from C", "held back", "thread"]
    assert (tmp_path / "unflushed").read_text() == "all of it"


def test_a_log_that_cannot_be_written_ends_nobody(prepared, tmp_path):
    (tmp_path / "gone").mkdir()
    request = run(tmp_path, 1, "import shutil\nshutil.rmtree('gone')\nfor _ in range(9):\n    print('x' * 400, flush=True)")
    request["run"]["log"] = str(tmp_path / "gone" / "log")
    say(prepared, request)

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": 0}
    say(prepared, run(tmp_path, 2, ""))
    assert hear(prepared)["id"] == 2
    assert hear(prepared) == {"id": 2, "ended": 0}


def test_what_writes_without_end_keeps_nobody_waiting(prepared, tmp_path):
    endless = "import os\nwhile True:\n    os.write(1, b'x' * 65536)"
    say(prepared, run(tmp_path, 1, f"import os\nif os.fork():\n    os._exit(0)\n{endless}"))
    child = hear(prepared)["pid"]
    given_up = threading.Timer(120, prepared.kill)
    given_up.start()
    try:
        assert hear(prepared) == {"id": 1, "ended": 0}
        say(prepared, run(tmp_path, 2, endless))
        endless_too = hear(prepared)["pid"]
        say(prepared, run(tmp_path, 3, ""))
        assert hear(prepared)["id"] == 3
        assert hear(prepared) == {"id": 3, "ended": 0}
    finally:
        given_up.cancel()
        os.killpg(child, signal.SIGKILL)
    os.kill(endless_too, signal.SIGKILL)
    assert hear(prepared) == {"id": 2, "ended": -signal.SIGKILL}


@pytest.mark.parametrize("last, code", [("raise SystemExit('why')", 1), ("1 / 0", 1), ("raise SystemExit(300)", 44)])
def test_an_end_with_an_error_is_the_interpreters(prepared, tmp_path, last, code):
    say(prepared, run(tmp_path, 1, last))

    assert hear(prepared)["id"] == 1
    assert hear(prepared) == {"id": 1, "ended": code}
    said = (tmp_path / "log1").read_text()
    assert "why" in said or "ZeroDivisionError" in said or not said
