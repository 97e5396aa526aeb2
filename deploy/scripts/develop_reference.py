#!/usr/bin/env python3
"""Writes the tables of docs/develop.md from the code.

    develop_reference.py            writes them anew
    develop_reference.py --check    exit code 1 if they are not what the code says

Names and defaults come from the services' sources, meanings from the Javadoc of their properties; where the code holds no such sentence, it
is in MEANINGS, and a name without one is an error.
"""

import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from develop_meanings import MEANINGS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "develop.md"
MARK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.S)
VARIABLE = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"')


class Missing(Exception):
    """The code has a name that nothing explains."""


def source(path):
    return (ROOT / path).read_text(encoding="utf-8")


def sources(directory):
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / directory).rglob("*.java")))


def javadoc(text, record=None):
    """Component name -> sentence, of a record's @param tags; of the outermost one where none is named."""
    place = re.search(r"record %s\(" % (record or r"\w+"), text).start()
    start = text.rindex("/**", 0, place)
    comment = re.sub(r"\n\s*\* ?", " ", text[start:text.index("*/", start)].rstrip())
    entries = re.findall(r"@param (\w+) (.*?)(?= @\w+ |$)", comment)
    return {name: _plain(sentence) for name, sentence in entries}


def _plain(sentence):
    sentence = re.sub(r"\{@(?:code|link) ([^}]*)\}", r"`\1`", sentence)
    return re.sub(r"\s+", " ", sentence.replace("<p>", "")).strip(" *")


def camel(name):
    head, *rest = re.split(r"[-_]", name)
    return head + "".join(part.capitalize() for part in rest)


def spring(yaml, package):
    """Rows of a service whose YAML maps variables to properties: the record of the property's prefix explains it."""
    records = {}
    for path in sorted((ROOT / package).glob("*Properties.java")):
        text = path.read_text(encoding="utf-8")
        named = r'@ConfigurationProperties\((?:prefix = )?"([^"]+)"'
        prefix = re.search(named, text) or re.search(r'String PREFIX = "([^"]+)"', text)
        if prefix:
            records[prefix.group(1)] = javadoc(text)
    rows = {}
    for prefix, key, variable, default in _placeholders(source(yaml)):
        sentence = records.get(prefix, {}).get(camel(key)) or meaning("service", variable)
        rows.setdefault(variable, (variable, default, sentence))
    return table(rows.values())


def _placeholders(yaml):
    """(path of the mapping, key, variable, default) of each ${VARIABLE:default}."""
    stack = []
    for line in yaml.splitlines():
        matched = re.match(r"( *)([A-Za-z.-]+):(?: \$\{([A-Z0-9_]+):([^}]*)\})?", line)
        if not matched:
            continue
        indent = len(matched.group(1))
        stack = [entry for entry in stack if entry[0] < indent]
        if matched.group(3):
            yield ".".join(name for _, name in stack), matched.group(2), matched.group(3), matched.group(4)
        stack.append((indent, matched.group(2)))


def selector():
    text = source("client-selector/src/main/java/io/nsfl/selector/SelectorSetup.java")
    properties = source("client-selector/src/main/java/io/nsfl/selector/SelectorProperties.java")
    meanings = dict(javadoc(properties, "Database"), **javadoc(properties, "SelectorProperties"))
    mapped = re.findall(r'(?:copy|seconds)\(environment, "([A-Z_]+)", "([^"]+)"\)', text)
    known = {variable: camel(name.split(".")[-1]) for variable, name in mapped}
    rows = []
    for name in dict.fromkeys(VARIABLE.findall(text)):
        component = known.get(name, "")
        rows.append((name, _default(properties, component), meanings.get(component) or meaning("service", name)))
    return table(rows)


def named(group, text):
    """Rows of the variables that a source names."""
    return table([(name, "", meaning(group, name)) for name in sorted(set(VARIABLE.findall(text)))])


def relaxed(prefix, path, record, nested=()):
    """Rows of a properties record whose variables Spring derives."""
    text = source(path)
    rows = []
    for component, sentence in javadoc(text, record).items():
        if component not in nested:
            rows.append((prefix + component.upper(), _default(text, component), sentence))
    return rows


def _default(text, component):
    found = re.search(r'@DefaultValue\("([^"]*)"\) [\w<>]+ %s\b' % component, text)
    return found.group(1) if found else ""


def task_manager():
    text = source("task-manager/src/main/java/io/nsfl/taskmanager/setup/ClusterSetup.java")
    calls = re.findall(r'(?:environment, |getOrDefault\()"([A-Z0-9_]+)", (?:"([^"]*)"|(\d+))', text)
    return table([(name, words or number, meaning("task-manager", name)) for name, words, number in calls])


def everywhere():
    access = "service-kit/src/main/java/io/nsfl/servicekit/access/AccessProperties.java"
    tls = "service-kit/src/main/java/io/nsfl/servicekit/tls/TlsProperties.java"
    rows = relaxed("NSFL_AUTH_", access, "AccessProperties", nested=("token",))
    rows += relaxed("NSFL_AUTH_TOKEN_", access, "Token")
    rows += relaxed("NSFL_TLS_", tls, "TlsProperties")
    return table(rows)


def keys(group, names):
    """Rows of keys in a JSON file."""
    return table([(name, default, meaning(group, name)) for name, default in names], "key")


def known_set(path):
    """The names of a source's first Set.of."""
    return [(name, "") for name in re.findall(r'"([a-z_-]+)"', re.search(r"Set\.of\((.*?)\);", source(path), re.S).group(1))]


def setup():
    text = source("task-manager/src/main/java/io/nsfl/taskmanager/setup/SetupReader.java")
    names = {}
    calls = r'(?:keys\.(?:text|required|truth|whole|number|list|object|find)\(|(?:directory|file)\(keys, )"([a-z_]+)"(?:, ([0-9-]+|true|false)\b)?'
    for name, default in re.findall(calls, text):
        names[name] = names.get(name) or default
    for name in re.findall(r"List\.of\(([^)]*)\)\) \{\s*keys\.text", text):
        names.update({quoted: "" for quoted in re.findall(r'"([a-z_]+)"', name)})
    return keys("setup", names.items())


def hyper_parameters():
    meanings = javadoc(source("protocol/src/main/java/io/nsfl/protocol/job/HyperParameters.java"))
    rows = []
    for name, _ in known_set("protocol/src/main/java/io/nsfl/protocol/job/HyperParametersReader.java"):
        sentence = meanings.get(camel(name)) or meanings.get(camel(name) + "Seconds") or meaning("job", name)
        default = re.search(r" \(([0-9.]+)\)$", sentence)
        rows.append((name, default.group(1) if default else "", sentence[:default.start()] if default else sentence))
    return table(rows, "key")


def job():
    skipped = set(MEANINGS["not given by users"])
    names = known_set("protocol/src/main/java/io/nsfl/protocol/job/JobConfigReader.java")
    return keys("job", [entry for entry in names if entry[0] not in skipped])


SECTIONS = {
    "job-scheduler": lambda: spring(
        "job-scheduler/src/main/resources/nsfl-job-scheduler.yaml",
        "job-scheduler/src/main/java/io/nsfl/scheduler",
    ),
    "model-manager": lambda: spring(
        "model-manager/src/main/resources/nsfl-model-manager.yaml",
        "model-manager/src/main/java/io/nsfl/modelmanager",
    ),
    "proxy": lambda: spring("proxy/src/main/resources/nsfl-proxy.yaml", "proxy/src/main/java/io/nsfl/proxy"),
    "client-selector": selector,
    "task-manager": task_manager,
    "coordinator": lambda: named("service", source("coordinator/src/main/java/io/nsfl/coordinator/CoordinatorSetup.java")),
    "kubernetes": lambda: named("kubernetes", source("workload/src/main/java/io/nsfl/workload/kubernetes/KubernetesAccess.java")),
    "everywhere": everywhere,
    "selector-setup": lambda: keys(
        "selector setup", known_set("client-selector/src/main/java/io/nsfl/selector/SelectorSetup.java")
    ),
    "coordinator-setup": lambda: keys(
        "coordinator setup", known_set("coordinator/src/main/java/io/nsfl/coordinator/CoordinatorSetup.java")
    ),
    "setup": setup,
    "job": job,
    "hyper-parameters": hyper_parameters,
}


def meaning(group, name):
    sentence = MEANINGS[group].get(name)
    if not sentence:
        raise Missing("deploy/scripts/develop_meanings.py says nothing about %s (%s)" % (name, group))
    return sentence


def table(rows, what="variable"):
    lines = ["| %s | default | meaning |" % what, "|---|---|---|"]
    for name, default, sentence in rows:
        lines.append("| `%s` | %s | %s |" % (name, "`%s`" % default if default else "", sentence.replace("|", "\\|")))
    return "\n".join(lines) + "\n"


def page(text):
    """The page's text with its tables made anew."""
    return MARK.sub(lambda mark: mark.group(1) + SECTIONS[mark.group(2)]() + mark.group(3), text)


def main(arguments):
    text = PAGE.read_text(encoding="utf-8")
    current = page(text)
    if arguments == ["--check"]:
        if text != current:
            print("docs/develop.md is not what the code says: run deploy/scripts/develop_reference.py", file=sys.stderr)
        return int(text != current)
    PAGE.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
