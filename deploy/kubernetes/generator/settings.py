"""What both configurations have in common, and what every component may be given besides its own keys."""

import re
from dataclasses import dataclass, field
from typing import Dict

from . import formats

LABEL = re.compile(r"([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?")


# What a service asks for where the user says nothing: it idles most of the time, and a node of two cores has to keep one for an executor.
REQUESTS = {"cpu": "50m", "memory": "512Mi"}


@dataclass
class SecretRef:
    """Where user and password are."""

    name: str
    user_key: str
    passwd_key: str


@dataclass
class Volume:
    """A directory of the nodes, or a claim."""

    source: str
    claim: str = ""
    sub_path: str = ""
    propagation: str = ""


@dataclass
class Component:
    """What each Deployment has."""

    service_name: str
    image: str
    options: Dict[str, str]
    replicas: int
    resources: Dict[str, Dict[str, str]]
    node_selector: Dict[str, str]
    volumes: Dict[str, Volume] = field(default_factory=dict)


@dataclass
class Database:
    type: str
    address: str
    name: str
    secret: SecretRef


@dataclass
class Cluster:
    """The k8s section; address is empty where the pods' own service accounts are all there is."""

    address: str
    protocol: str
    gpu_rs_key: str
    namespace: str


@dataclass
class Shared:
    cluster: Cluster
    database: Database
    log_level: str
    tls_secret: str
    tls_authority: str
    tls_client_auth: str
    prepare_directories: bool


def shared(root):
    tls = root.section("tls")
    security = root.section("security")
    return Shared(
        cluster(root.section("k8s")),
        database(root.section("db", required=True)),
        root.section("others").choice("log_level", ["debug", "info", "warning", "error", "trace", "warn", "critical"], "info"),
        tls.text("secret", formats.object_name, ""),
        tls.text("authority", formats.object_name, ""),
        tls.choice("client_auth", ["none", "want", "need"], "none"),
        security.truth("prepare_directories", True),
    )


def cluster(section):
    address = section.text("address", formats.api_address, "")
    scheme, _, rest = address.rpartition("://")
    return Cluster(
        rest,
        scheme,
        section.text("gpu_rs_key", formats.resource_key, "nvidia.com/gpu"),
        section.text("namespace", formats.namespace, "default"),
    )


def database(section):
    return Database(
        section.choice("type", ["postgreSQL", "mongo"], meaning="postgreSQL or mongo"),
        section.text("address", formats.database_address, meaning="the database's host:port"),
        section.text("name", _database_name, meaning="the database's name"),
        secret_ref(section.section("secret_key_ref", required=True)),
    )


def secret_ref(section):
    return SecretRef(
        section.text("name", formats.object_name, meaning="the Secret's name"),
        section.text("user_key", formats.secret_key, meaning="the key of the user in the Secret"),
        section.text("passwd_key", formats.secret_key, meaning="the key of the password in the Secret"),
    )


def component(section, limits, most_replicas=1):
    """The keys that every component has. limits: its own where the user says nothing."""
    replicas = section.whole("replicas", 1, most_replicas, 1, limits="" if most_replicas > 1 else "this component is one process")
    return Component(
        section.text("service_name", formats.service_name, meaning="the name of the component's Service"),
        section.text("image", formats.image, meaning="the component's image"),
        section.variables("options"),
        replicas,
        _resources(section.section("resources"), REQUESTS, limits),
        _labels(section.section("node_selector")),
    )


def volume(section, name, aliases=(), sub_path_allowed=False, default_mount=""):
    """One of the volumes; its source must be given unless there is a claim."""
    given = [alias for alias in (name, *aliases) if section.given(alias)]
    for twice in given[1:]:
        section.fault(twice, "is the same as %s, which is given too" % given[0], section.raw(twice), "give one of them")
    one = section.section(given[0] if given else name, required=True)
    for alias in aliases:
        section.asked[alias] = True
    claim = one.text("claim", formats.object_name, "")
    source = one.text("source", formats.absolute_path, default_mount) if claim else one.text(
        "source", formats.absolute_path, meaning="the absolute path of this directory on the nodes"
    )
    sub_path = one.text("sub_path", _sub_path, "") if sub_path_allowed else ""
    if sub_path and not claim:
        one.fault("sub_path", "goes with a claim", one.raw("sub_path"), "put it at the end of source")
    propagation = one.choice("propagation", ["None", "HostToContainer"], "None")
    return Volume(source, claim, sub_path, "" if propagation == "None" else propagation)


def distinct(owners, findings, what, others=()):
    """owners, others: (path, value). Owners must differ from each other and from the others; what has no value counts as told."""
    seen = {value: path for path, value in others if value}
    for path, value in owners:
        if value in seen:
            findings.fault(path, "is %s, as %s is: %s must differ" % (value, seen[value], what))
        elif value:
            seen[value] = path


def _resources(section, requests, limits):
    return {
        "requests": _quantities(section.section("requests"), requests),
        "limits": _quantities(section.section("limits"), limits),
    }


def _quantities(section, defaults):
    quantities = dict(defaults)
    for name, value in section.entries():
        text = formats.as_text(value.data) if isinstance(value.data, (int, float, str)) else ""
        if not QUANTITY.fullmatch(text) or isinstance(value.data, bool):
            section.fault(name, "is no quantity of Kubernetes", value, 'for example "500m" of cpu, "1Gi" of memory')
        quantities[name] = text
    return quantities


def _labels(section):
    labels = {}
    for name, value in section.entries():
        if not LABEL.fullmatch(name) or isinstance(value.data, (dict, list)) or value.data is None:
            section.fault(name, "is no label of Kubernetes with its value", value, 'for example "kubernetes.io/os": "linux"')
        else:
            labels[name] = formats.as_text(value.data)
    return labels


def _database_name(text):
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}", text):
        return formats.refused("is no name of a database: letters, digits and '_'")
    return formats.read_as(text)


def _sub_path(text):
    trimmed = text.strip("/")
    if not trimmed or ".." in trimmed.split("/") or text.startswith("/"):
        return formats.refused("must be a path below the claim's root, without '..'")
    return formats.read_as(trimmed)
