"""Gives up rights of this process for good by Landlock, and its sockets by seccomp; neither needs a privilege.

What is given up was decided by the executor; here are only the kernel's calls, whose numbers are those of linux/landlock.h and
linux/seccomp.h.
"""

import ctypes
import os
import struct

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_FOR_VERSION = 1
_PATH_BENEATH = 1
_FIRST_VERSION = (1 << 13) - 1
_REFER = 1 << 13
_TRUNCATE = 1 << 14
# Signals to processes outside. Workers of a task meet at sockets.
_OUTSIDE = 2
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION_BYTES = 8


def confine(grants, socket_filter):
    """Keeps of all files those granted, and of all sockets those that the filter lets pass.

    grants: pairs of a path and the rights on all below it, bits of linux/landlock.h; paths that are not there, or not of that kind, grant nothing.
    socket_filter: instructions of a seccomp filter in hexadecimal; empty = all sockets.
    Raises OSError where the kernel refuses; then this process is not confined and must not go on.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    _restrict(libc, grants)
    if socket_filter:
        _filter(libc, bytes.fromhex(socket_filter))


def _restrict(libc, grants):
    version = _call(libc, _CREATE_RULESET, None, 0, _ASK_FOR_VERSION)
    handled = _FIRST_VERSION | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attributes = struct.pack("=QQQ", handled, 0, _OUTSIDE) if version >= 6 else struct.pack("=Q", handled)
    ruleset = _call(libc, _CREATE_RULESET, attributes, len(attributes), 0)
    for path, rights in grants:
        _grant(libc, ruleset, path, rights & handled)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1, None)
    _call(libc, _RESTRICT_SELF, ruleset, 0, None)
    os.close(ruleset)


def _grant(libc, ruleset, path, rights):
    try:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            _call(libc, _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, file))
        finally:
            os.close(file)
    except OSError:
        pass  # It is gone, or a file now for which these are no rights: nothing is granted.


def _filter(libc, instructions):
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("@HP", len(instructions) // _INSTRUCTION_BYTES, ctypes.addressof(buffer))
    _prctl(libc, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program)


def _call(libc, number, first, second, third):
    return _checked(libc.syscall(ctypes.c_long(number), _argument(first), _argument(second), _argument(third), ctypes.c_long(0)))


def _prctl(libc, what, first, second):
    _checked(libc.prctl(what, ctypes.c_ulong(first), _argument(second), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def _argument(value):
    return ctypes.c_char_p(value) if value is None or isinstance(value, bytes) else ctypes.c_long(value)


def _checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
