"""A process that confines itself, on the real kernel."""

import ctypes
import os
import subprocess
import sys

import pytest

ALL = (1 << 15) - 1
READ = 1 | 4
LIST = 8


def _kernel_has_landlock():
    return ctypes.CDLL(None).syscall(ctypes.c_long(444), None, ctypes.c_long(0), ctypes.c_long(1)) >= 1


pytestmark = pytest.mark.skipif(not _kernel_has_landlock(), reason="no Landlock in this kernel")


def confined(grants, then, socket_filter=""):
    """What a new process that confines itself to these prints."""
    script = f"from neursafe_fl._landlock import confine\nconfine({grants!r}, {socket_filter!r})\n{then}"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


@pytest.fixture
def places(tmp_path):
    """What is granted to read, to write, and neither."""
    for name in ("readable", "writable", "hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    system = [[f"/{name}", READ | LIST] for name in os.listdir("/") if not str(tmp_path).startswith(f"/{name}/")]
    grants = [*system, [str(tmp_path / "readable"), READ | LIST], [str(tmp_path / "writable"), ALL]]
    return tmp_path, grants


@pytest.mark.parametrize("place, allowed", [("readable", True), ("writable", True), ("hidden", False)])
def test_reads_what_is_granted(places, place, allowed):
    root, grants = places

    said = confined(grants, f"print(open('{root}/{place}/file').read())")

    assert said == place if allowed else "PermissionError" in said


@pytest.mark.parametrize("place, allowed", [("readable", False), ("writable", True), ("hidden", False)])
def test_writes_where_it_may(places, place, allowed):
    root, grants = places

    said = confined(grants, f"open('{root}/{place}/new', 'w').write('new'); print('written')")

    assert said == "written" if allowed else "PermissionError" in said
    assert (root / place / "new").exists() == allowed


def test_paths_that_are_not_there_grant_nothing(places):
    root, grants = places

    assert confined([*grants, [str(root / "absent"), ALL]], "print('goes on')") == "goes on"


def test_is_not_taken_back(places):
    root, grants = places
    again = f"confine([['/', {ALL}]], '')\nprint(open('{root}/hidden/file').read())"

    assert "PermissionError" in confined(grants, again)


def test_a_filter_that_the_kernel_refuses_ends_the_process(places):
    _, grants = places

    assert "OSError" in confined(grants, "print('goes on')", "00" * 8)
