"""A client side's configuration, checked whole."""

from dataclasses import dataclass, field
from typing import Any, Dict, List

from . import formats, settings
from .section import suggest
from .server_config import collection

RUNTIMES = {"tensorflow": "tensorflow", "keras": "tensorflow", "pytorch": "pytorch", "torch": "pytorch", "dl4j": "dl4j"}
VOLUMES = ("lmdb", "workspace", "datasets", "task_configs", "config")
# What the setup takes besides what the deployment settles; passed on as given.
PASSED_ON = (
    "name", "resource", "label", "labels", "max_task_parallelism", "script_policy", "privacy_budget", "script_network", "script_writable", "sandbox",
    "runtimes", "executor_idle_limit", "server_name", "secure_aggregation",
)


@dataclass
class TaskManager(settings.Component):
    port: int = 9090
    node_port: int = 0
    external: bool = True
    collection: str = "tasks"
    server: str = ""
    external_address: str = ""
    runtimes: List[str] = field(default_factory=list)
    storage_quota: int = 10240
    registration: bool = True
    platform: str = "k8s"
    announce_nodes: bool = False
    enrolment_secret: str = ""
    enrolment_key: str = "token"
    passed_on: Dict[str, Any] = field(default_factory=dict)


@dataclass
class Executor:
    image: str
    port: int
    http_proxy: str
    https_proxy: str


@dataclass
class ClientConfig:
    shared: settings.Shared
    task_manager: TaskManager
    executor: Executor


def read(root):
    return ClientConfig(
        settings.shared(root),
        _task_manager(root.section("task_manager", required=True)),
        _executor(root.section("executor", required=True)),
    )


def _task_manager(section):
    common = settings.component(section, {"memory": "2Gi"})
    volumes = section.section("volumes", required=True)
    for name in VOLUMES:
        aliases = ("task-configs",) if name == "task_configs" else ()
        common.volumes[name] = settings.volume(volumes, name, aliases, default_mount="/nsfl/client/" + name)
    settings.distinct(
        [("%s.%s.source" % (volumes.path, name), one.source) for name, one in common.volumes.items()],
        section.findings,
        "directories",
    )
    port = section.port("port", 9090)
    external = section.truth("external", False)
    enrolment = section.section("enrolment").section("secret_key_ref")
    return TaskManager(
        **vars(common),
        port=port,
        node_port=_node_port(section, port, external),
        external=external,
        collection=section.text("db_collection_name", collection, "tasks"),
        server=section.text("server_address", formats.address, meaning="host:port of the server side's proxy (its grpc_port)"),
        external_address=section.text("external_address", formats.address, ""),
        runtimes=_distinct(section.names("runtime", _runtime)),
        storage_quota=section.whole("storage_quota", 1, 1 << 43, 10240),
        registration=section.truth("registration", True),
        platform=section.choice("platform", ["k8s", "linux"], "k8s"),
        announce_nodes=section.truth("announce_nodes", False),
        enrolment_secret=enrolment.text("name", formats.object_name, ""),
        enrolment_key=enrolment.text("key", formats.secret_key, "token"),
        passed_on=_passed_on(section),
    )


def _passed_on(section):
    section.whole("max_task_parallelism", -1, 10000, -1)
    section.whole("executor_idle_limit", 1, 86400, 300)
    section.truth("script_network", True)
    sandbox = section.raw("sandbox")
    if sandbox is not None and str(sandbox.data).strip().lower() not in ("true", "false", "required"):
        section.fault("sandbox", "must be true, false or required", sandbox)
    section.names("script_writable", formats.absolute_path)
    caps = section.section("resource")
    caps.whole("gpu", 0, 1024, 0)
    caps.whole("memory", 0, 1 << 43, 0)
    cpu = caps.raw("cpu")
    if cpu is not None and (isinstance(cpu.data, bool) or not isinstance(cpu.data, (int, float)) or cpu.data < 0):
        caps.fault("cpu", "must be a number of 0 or more", cpu)
    section.section("runtimes").entries()
    masking = section.section("secure_aggregation")
    masking.whole("min_survivors", 2, 10000, 2)
    for name in ("ca_file", "certificate_file"):
        masking.raw(name)
    policy = section.raw("script_policy")
    if policy is not None and not isinstance(policy.data, (str, list, dict)):
        section.fault("script_policy", 'must be "none", a list of namespaces, or an object', policy)
    return {name: section.raw(name).plain for name in PASSED_ON if section.raw(name) and section.given(name)}


def _node_port(section, port, external):
    """A port of the nodes: as given; else the port itself where it is one; else Kubernetes allots it."""
    if section.given("node_port"):
        return section.port("node_port", 0, node=True)
    if external and not 30000 <= port <= 32767:
        section.warn(
            "port",
            "stays the Service's port; it is no port that Kubernetes opens on nodes, so Kubernetes allots one",
            section.raw("port"),
            "give node_port (30000-32767) to choose it; nothing has to reach a client from outside",
        )
        return 0
    return port if external else 0


def _executor(section):
    return Executor(
        section.text("image", formats.image, meaning="the executors' image"),
        section.port("port", 8050),
        section.text("http_proxy", _proxy, ""),
        section.text("https_proxy", _proxy, ""),
    )


def _runtime(name):
    if name.lower() not in RUNTIMES:
        return formats.refused("is no runtime: tensorflow, pytorch and dl4j are", suggest(name, list(RUNTIMES)))
    return formats.read_as(RUNTIMES[name.lower()])


def _proxy(text):
    """A proxy keeps its form: programs take host:port and URLs."""
    if any(character.isspace() for character in text):
        return formats.refused("must be a proxy's address without blanks", 'for example "http://10.0.0.1:3128"')
    return formats.read_as(text)


def _distinct(names):
    return list(dict.fromkeys(names))
