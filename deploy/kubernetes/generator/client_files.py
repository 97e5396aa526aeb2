"""A client side's files, by name."""

import json

from . import pods, template

SETUP = "task_manager_setup.json"
HOME = "/tmp/home"


def render(config):
    """All files: name -> text."""
    return {"task-manager.yaml": _task_manager(config), SETUP: _setup(config)}


def _task_manager(config):
    manager, shared, executor = config.task_manager, config.shared, config.executor
    pod = pods.Pod(manager, shared)
    pod.database(manager.collection)
    if shared.cluster.address:
        pod.variable("K8S_ADDRESS", shared.cluster.address)
    if shared.cluster.protocol:
        pod.variable("K8S_API_PROTOCOL", shared.cluster.protocol)
    pod.variable("GPU_RS_KEY", shared.cluster.gpu_rs_key)
    pod.variable("K8S_NAMESPACE", shared.cluster.namespace)
    pod.variable("CONTAINER_EXECUTOR_IMAGE", executor.image)
    pod.variable("WORKER_PORT", executor.port)
    pod.variable("WORKER_HTTP_PROXY", executor.http_proxy)
    pod.variable("WORKER_HTTPS_PROXY", executor.https_proxy)
    pod.variable("PLATFORM", manager.platform)
    pod.variable("NSFL_TASK_MANAGER_ADDRESS", "%s:%d" % (manager.service_name, manager.port))
    claims = ["%s=%s" % (volume.source, volume.claim) for volume in manager.volumes.values() if volume.claim]
    if claims:
        pod.variable("NSFL_VOLUME_CLAIMS", ",".join(claims))
    pod.options()
    for name, volume in manager.volumes.items():
        own = name in ("lmdb", "workspace")
        pod.directory(name.replace("_", "-"), volume, volume.source, read_only=not own, own=own)
    if shared.tls_secret:
        pod.secret_directory("tls", shared.tls_secret, pods.TLS)
    if manager.enrolment_secret:
        pod.secret_directory("enrolment", manager.enrolment_secret, pods.SECRETS + "/enrolment")
    if shared.prepare_directories:
        _state_of_the_node(pod, manager)
    pod.prepared += [manager.volumes["lmdb"].source, manager.volumes["workspace"].source]
    node_ports = [manager.node_port] if manager.node_port else []
    probe = pods.grpc_probe(manager.port, False)
    values = pod.values("task-manager", [manager.port], probe, manager.external, node_ports)
    config_file = "%s/%s" % (manager.volumes["config"].source, SETUP)
    text = template.fill("task-manager.yaml", dict(values, PORT=manager.port, ARGS=["--config_file", config_file]))
    return text + ("---\n" + template.fill("task-manager-nodes.yaml", values) if manager.announce_nodes else "")


def _state_of_the_node(pod, manager):
    """Where the task store goes when lmdb lies on a shared file system, which it cannot live on: it has to outlive the pod."""
    path = "/var/lib/nsfl/%s" % manager.service_name
    pod.mounts.append({"name": "node-state", "mountPath": HOME + "/.nsfl"})
    pod.volumes.append({"name": "node-state", "hostPath": {"path": path, "type": "DirectoryOrCreate"}})
    pod.prepared += [HOME, HOME + "/.nsfl"]


def _setup(config):
    manager, shared = config.task_manager, config.shared
    setup = {
        "lmdb_path": manager.volumes["lmdb"].source,
        "workspace": manager.volumes["workspace"].source,
        "server": manager.server,
        "port": manager.port,
        "external_address": manager.external_address
        or "%s.%s:%d" % (manager.service_name, shared.cluster.namespace, manager.port),
        "runtime": ",".join(manager.runtimes),
        "datasets": manager.volumes["datasets"].source + "/datasets.json",
        "log_level": shared.log_level,
        "platform": manager.platform,
        "task_config_entry": manager.volumes["task_configs"].source,
        "registration": str(manager.registration).lower(),
        "storage_quota": manager.storage_quota,
    }
    setup.update(manager.passed_on)
    if shared.tls_secret:
        setup["ssl"] = pods.TLS
        if shared.tls_authority:
            setup.setdefault("server_name", shared.tls_authority)
    if manager.enrolment_secret:
        setup["enrolment_token_file"] = "%s/enrolment/%s" % (pods.SECRETS, manager.enrolment_key)
    return json.dumps(setup, indent=2, ensure_ascii=False) + "\n"
