"""The command line: reads, checks, renders, writes, and says what was done."""

import argparse
import sys
from pathlib import Path

from . import client_config, client_files, commented_json, findings, output, server_config, server_files, summary
from .section import Section

SIDES = {
    "server": (server_config, server_files, summary.of_server),
    "client": (client_config, client_files, summary.of_client),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(1, "gen_yamls.py: %s\n" % message)


def main(arguments):
    """Runs; the exit code is 0 when all files are written, else 1 and none is."""
    flags = _flags(arguments)
    problem = _read(flags.config_file)
    if isinstance(problem, str):
        return _refuse(problem)
    value, name = problem
    config_of, files_of, next_steps = SIDES[flags.type]
    found = findings.Findings()
    root = Section("", value, found)
    config = config_of.read(root)
    root.report_unknown()
    _tell_other_side(flags.type, value, found)
    for warning in findings.in_order(found.warnings, name):
        print("warning: " + warning, file=sys.stderr)
    if found.faults:
        for fault in findings.in_order(found.faults, name):
            print("error: " + fault, file=sys.stderr)
        count = len(found.faults)
        return _refuse("%d fault%s in %s; nothing was written" % (count, "" if count == 1 else "s", flags.config_file))
    files = files_of.render(config)
    try:
        output.write(flags.output, files)
    except OSError as failed:
        return _refuse("%s cannot be written: %s" % (flags.output, failed.strerror or failed))
    print("Written to %s: %s" % (flags.output, ", ".join(files)))
    print("\n".join(next_steps(config, flags.output)))
    return 0


def _flags(arguments):
    parser = _Parser(prog="gen_yamls.py", description="Makes the YAML and configuration files of a deployment.")
    parser.add_argument("--type", choices=list(SIDES), default="server", help="which side (default: server)")
    parser.add_argument("--config_file", required=True, help="the configuration: JSON, comments allowed")
    parser.add_argument("--output", required=True, help="directory of the files; made if absent")
    return parser.parse_args(arguments)


def _read(config_file):
    """(the configuration's object, the file's name), or what is wrong with the file."""
    path = Path(config_file)
    try:
        if path.stat().st_size > commented_json.MAX_BYTES:
            return "%s is larger than %d bytes" % (config_file, commented_json.MAX_BYTES)
        value = commented_json.read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "Config file is not existing. (%s)" % config_file
    except commented_json.JsonFault as fault:
        return "Config file is not in json format. (%s, %s)" % (config_file, fault)
    except UnicodeDecodeError:
        return "Config file is not in json format. (%s is no UTF-8 text)" % config_file
    except OSError as failed:
        return "%s cannot be read: %s" % (config_file, failed.strerror)
    if not isinstance(value.data, dict):
        return "Config file is not in json format. (%s: the whole must be one object: { … })" % config_file
    return value, path.name


def _tell_other_side(side, value, found):
    """The commonest slip: the other side's file."""
    other, own = ("client", "job_scheduler") if side == "server" else ("server", "task_manager")
    strange = "task_manager" if side == "server" else "job_scheduler"
    if own not in value.data and strange in value.data:
        found.fault("--type %s" % side, "this is a %s's configuration" % other, suggestion="did you mean --type %s?" % other)


def _refuse(message):
    print("gen_yamls.py: " + message, file=sys.stderr)
    return 1
