"""A Python process that stands ready with the SDK imported and forks one child for each script of a job.

Started by the executor as `python -m neursafe_fl._prepared`. It reads requests from its standard input and writes events to its
standard output, one JSON object a line:

    {"preload": ["torch"]}                                          import these once, for every script that follows
    {"id": 1, "run": {"argv", "cwd", "env", "log", "log_limit"}}    fork a child that becomes this script; with "landlock" in it
                                                                    {"grants", "filter"}, one that is confined to these
    {"id": 1, "pid": 17}                                            its process, the leader of a session of its own
    {"id": 1, "ended": 0}                                           its exit code; negative: the signal that ended it
    {"id": 1, "error": "..."}                                       it could not be started
    {"preload_failed": "torch", "error": "..."}                     a script that needs the module will say so itself

The script runs as `__main__` and sees arguments, environment, working directory and module path as if it had been started by
itself. When the standard input ends, the executor is gone: all scripts are killed and this process ends.
"""

import atexit
import ctypes
import gc
import importlib
import io
import json
import os
import selectors
import signal
import sys
import threading
import traceback
import types

from neursafe_fl._landlock import confine

_READ = 1 << 16
# More than any pipe holds; others have their turn then.
_READS_IN_A_ROW = 17
_PR_SET_PDEATHSIG = 1

# What a library leaves to its first use: PyTorch's takes as long as PyTorch itself, when the first optimizer is made.
_AT_FIRST_USE = {"torch": ("torch._dynamo",)}

# From the operating system: otherwise every script would draw the random numbers of the moment of the import. Others do so by themselves.
_SEED = {"numpy": lambda numpy: numpy.random.seed(), "torch": lambda torch: torch.seed()}


class _Log:
    """A script's output: the latest `limit` bytes at most, in the file and in an older one beside it."""

    def __init__(self, path, limit):
        self._path = path
        self._half = max(limit // 2, 1)
        self._file = _anew(path)
        self._size = 0

    def write(self, data):
        if self._file.closed:
            return
        try:
            if self._size + len(data) > self._half and self._size:
                self._file.close()
                os.replace(self._path, self._path + ".1")
                self._file = _anew(self._path)
                self._size = 0
            self._file.write(data)
            self._size += len(data)
        except OSError as error:
            # A full disk, or a directory that is gone, ends what is logged and no script.
            print(f"{self._path} is not written any further: {error}", file=sys.stderr, flush=True)
            self._file.close()

    def close(self):
        self._file.close()


def _anew(path):
    """The script may write where its log is: a link that it left there is replaced and not written through."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    return open(path, "xb", buffering=0)


class _Script:
    """A forked child, and the pipe that its output comes from."""

    def __init__(self, number, pid, output, log):
        self.number = number
        self.pid = pid
        self.output = output
        self.log = log

    def copy_output(self):
        """Moves what is there to the log, but not what is written meanwhile; False at the end of the output."""
        for _ in range(_READS_IN_A_ROW):
            try:
                data = os.read(self.output, _READ)
            except BlockingIOError:
                return True
            if not data:
                return False
            self.log.write(data)
        return True


class _Parent:
    def __init__(self):
        # What an imported module prints must not be taken for an event.
        self._events = os.dup(1)
        os.dup2(2, 1)
        os.set_inheritable(self._events, False)
        self._module_path = sys.path[1:]
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._requests = b""
        self._scripts = {}
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = os.pipe()
        for end in (self._wake, self._waker):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._selector.register(0, selectors.EVENT_READ, None)
        self._selector.register(self._wake, selectors.EVENT_READ, None)

    def serve(self):
        """Returns in a forked child with what it shall run, in the parent with None when the executor is gone."""
        while True:
            for key, _ in self._selector.select():
                if key.fd == 0:
                    requests = self._read_requests()
                    if requests is None:
                        self._kill_all()
                        return None
                    for request in requests:
                        task = self._handle(request)
                        if task is not None:
                            return task
                elif key.fd == self._wake:
                    _drain(self._wake)
                    self._reap()
                elif key.data.output is None:
                    pass  # Its script was reaped since the selector looked.
                elif not key.data.copy_output():
                    self._forget_output(key.data)

    def _read_requests(self):
        # One read of what is there: the pipe's blocking mode is shared with its other end's copies and stays as it is.
        data = os.read(0, _READ)
        if not data:
            return None
        self._requests += data
        *lines, self._requests = self._requests.split(b"\n")
        return [json.loads(line) for line in lines]

    def _handle(self, request):
        for module in request.get("preload", ()):
            try:
                importlib.import_module(module)
            except BaseException as error:  # an import may do anything, also exit
                self._tell({"preload_failed": module, "error": str(error)})
                continue
            for later in _AT_FIRST_USE.get(module, ()):
                _import_if_it_can_be(later)
        if "run" in request:
            return self._fork(request["id"], request["run"])
        return None

    def _fork(self, number, run):
        try:
            log = _Log(run["log"], run["log_limit"])
            output, into = os.pipe()
            os.set_blocking(output, False)
            parent = os.getpid()
            # A child's collections leave alone what it has from here: looking at it would copy every page of it.
            gc.freeze()
            pid = os.fork()
        except OSError as error:
            self._tell({"id": number, "error": str(error)})
            return None
        if pid == 0:
            log.close()
            self._become_child(parent, output, into)
            return {**run, "module_path": self._module_path}
        os.close(into)
        script = _Script(number, pid, output, log)
        self._scripts[pid] = script
        self._selector.register(output, selectors.EVENT_READ, script)
        self._tell({"id": number, "pid": pid})
        return None

    def _become_child(self, parent, output, into):
        os.setsid()
        self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for end in (self._wake, self._waker, self._events, output):
            os.close(end)
        for other in self._scripts.values():
            if other.output is not None:
                os.close(other.output)
            other.log.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(into, 1)
        os.dup2(into, 2)
        os.close(nothing)
        os.close(into)

    def _reap(self):
        while self._scripts:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            script = self._scripts.pop(pid, None)
            if script is None:
                continue
            if script.output is not None:
                script.copy_output()
                self._forget_output(script)
            script.log.close()
            self._tell({"id": script.number, "ended": os.waitstatus_to_exitcode(status)})

    def _forget_output(self, script):
        self._selector.unregister(script.output)
        os.close(script.output)
        script.output = None

    def _kill_all(self):
        for pid in self._scripts:
            for kill in (os.killpg, os.kill):
                try:
                    kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def _tell(self, event):
        data = json.dumps(event).encode() + b"\n"
        while data:
            data = data[os.write(self._events, data) :]


def _import_if_it_can_be(module):
    try:
        importlib.import_module(module)
    except BaseException:  # Other versions of the library have no such module; nobody asked for it.
        pass


def _drain(pipe):
    try:
        while os.read(pipe, _READ):
            pass
    except BlockingIOError:
        pass


def _run(task):
    """The rest of a child's life; an error is the interpreter's to show and to end with."""
    if "landlock" in task:
        confine(task["landlock"]["grants"], task["landlock"]["filter"])
    environment = task["env"]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(task["cwd"])
    entry = task["argv"][0]
    sys.argv[:] = task["argv"]
    given = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    directory = os.path.dirname(os.path.abspath(entry))
    sys.path[:] = [directory, *given, *task["module_path"]]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    if "tempfile" in sys.modules:
        # It remembers the TMPDIR of whoever asked it first.
        sys.modules["tempfile"].tempdir = None
    for library, seed in _SEED.items():
        if library in sys.modules:
            seed(sys.modules[library])
    sys.stdout.reconfigure(line_buffering=True)
    sys.excepthook = _show_from_the_script_on
    with open(entry, "rb") as file:
        source = file.read()
    script = types.ModuleType("__main__")
    script.__file__ = entry
    script.__builtins__ = __builtins__
    sys.modules["__main__"] = script
    try:
        exec(compile(source, entry, "exec"), script.__dict__)
    except SystemExit as end:
        if not (end.code is None or isinstance(end.code, int)):
            raise
        _leave(end.code or 0, directory)
    _leave(0, directory)


def _leave(code, directory):
    """Ends as the interpreter does, but takes apart only what the script made: with all libraries it takes longer than many a script."""
    threading._shutdown()
    atexit._run_exitfuncs()
    # Before what the script made is gone: it may have put something of its own in their place.
    _flush(sys.stdout)
    _flush(sys.stderr)
    for module in list(sys.modules.values()):
        if module is sys.modules.get("__main__") or _lies_in(directory, module):
            module.__dict__.clear()
    gc.collect()
    files = (found for found in gc.get_objects() if issubclass(type(found), io.IOBase))
    for file in (*files, sys.stdout, sys.stderr):
        _flush(file)
    ctypes.PyDLL(None).fflush(None)
    os._exit(code & 0xFF)


def _flush(file):
    try:
        file.flush()
    except Exception:  # closed, absent, or nobody reads it any more
        pass


def _lies_in(directory, module):
    file = getattr(module, "__dict__", {}).get("__file__")
    return isinstance(file, str) and os.path.dirname(os.path.abspath(file)) == directory


def _show_from_the_script_on(kind, error, trace):
    frame = trace
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == __file__:
            trace = frame.tb_next
        frame = frame.tb_next
    traceback.print_exception(kind, error, trace)


if __name__ == "__main__":
    importlib.import_module("neursafe_fl")
    _task = _Parent().serve()
    if _task is None:
        os._exit(0)  # It has nothing to write.
    _run(_task)
