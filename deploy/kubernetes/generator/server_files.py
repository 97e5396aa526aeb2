"""The server side's files, by name."""

import json

from . import nginx, pods, template
from .server_config import DOOR_PORT

CONFIG = "/nsfl/config"
SETUP = "client_selector_setup.json"
INGRESS = {
    "nginx.ingress.kubernetes.io/use-regex": "true",
    # Models pass through in both directions; events are told as they happen.
    "nginx.ingress.kubernetes.io/proxy-body-size": "0",
    "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-buffering": "off",
    "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
    "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
}


def render(config):
    """All files: name -> text."""
    files = {
        "job-scheduler.yaml": _scheduler(config),
        "model-manager.yaml": _models(config),
        "selector.yaml": _selector(config),
        "proxy.yaml": _proxy(config),
    }
    if config.api.controller:
        files["ingress-nginx.yaml"] = _controller(config)
    files["ingress-job-scheduler.yaml"] = _ingress(config, config.scheduler, "job-scheduler")
    files["ingress-model-manager.yaml"] = _ingress(config, config.models, "model-manager")
    files["nginx.conf"] = nginx.render(config)
    files[SETUP] = _selector_setup(config)
    return files


def _scheduler(config):
    scheduler, shared = config.scheduler, config.shared
    workspace = scheduler.volumes["workspace"]
    pod = pods.Pod(scheduler, shared)
    pod.database(scheduler.collection)
    pod.variable("HTTP_PORT", scheduler.port)
    pod.variable("SELECTOR_ADDRESS", _address(config.selector))
    _kubernetes_api(pod, shared.cluster)
    pod.variable("PROXY_ADDRESS", "%s-routes:%d" % (config.proxy.service_name, config.proxy.route_port))
    pod.variable("CLOUD_OS", "k8s")
    pod.variable("COORDINATOR_IMAGE", config.coordinator_image)
    pod.variable("JOB_SCHEDULER_ADDRESS", _address(scheduler))
    pod.variable("TEMP_DIR", scheduler.configs_dir)
    pod.variable("WORKSPACE", "/workspace")
    if workspace.claim:
        pod.variable("NSFL_WORKSPACE_CLAIM", workspace.claim)
    else:
        pod.variable("SOURCE_MOUNT_PATH", workspace.source)
    pod.variable("GPU_RS_KEY", shared.cluster.gpu_rs_key)
    pod.variable("K8S_NAMESPACE", shared.cluster.namespace)
    pod.variable("LOG_LEVEL", _spring_level(shared.log_level))
    pod.variable("MODEL_MANAGER_ADDRESS", _address(config.models))
    pod.variable("COORDINATOR_PORT", config.coordinator_port)
    pod.variable("NSFL_PREPARE_DIRECTORIES", str(shared.prepare_directories).lower())
    if shared.tls_secret:
        pod.variable("NSFL_COORDINATOR_TLS_SECRET", shared.tls_secret)
    _access(pod, config)
    pod.internal_secret()
    pod.tls()
    pod.options()
    pod.directory("workspace", workspace, "/workspace")
    pod.prepared.append("/workspace/" + scheduler.configs_dir)
    return template.fill(
        "job-scheduler.yaml",
        dict(_http(pod, "job-scheduler", scheduler.port, config), PORT=scheduler.port),
    )


def _models(config):
    models, storage, shared = config.models, config.storage, config.shared
    pod = pods.Pod(models, shared)
    _storage(pod, storage)
    if storage.type == "s3":
        pod.secret_variable("ACCESS_KEY", storage.secret.name, storage.secret.user_key)
        pod.secret_variable("SECRET_KEY", storage.secret.name, storage.secret.passwd_key)
    pod.database(models.collection)
    pod.variable("PORT", models.port)
    pod.variable("LOG_LEVEL", _spring_level(shared.log_level))
    pod.variable("MODELS_DIR", models.models_dir)
    _access(pod, config, storage_known=True)
    pod.internal_secret()
    pod.tls()
    pod.options()
    pod.directory("workspace", models.volumes["workspace"], "/workspace")
    if storage.type == "posix":
        pod.prepared.append("/workspace/" + models.models_dir)
    return template.fill("model-manager.yaml", dict(_http(pod, "model-manager", models.port, config), PORT=models.port))


def _selector(config):
    selector, shared = config.selector, config.shared
    pod = pods.Pod(selector, shared)
    pod.database()
    pod.internal_secret()
    pod.tls()
    if selector.enrolment == "token" and selector.tokens_secret:
        pod.secret_directory("enrolment", selector.tokens_secret, pods.SECRETS + "/enrolment")
        pod.variable("NSFL_SELECTOR_ENROLMENTTOKENSFILE", "%s/enrolment/%s" % (pods.SECRETS, selector.tokens_key))
    pod.options()
    pod.directory("config-file", selector.volumes["config"], CONFIG, read_only=True)
    values = pod.values("client-selector", [selector.port], pods.grpc_probe(selector.port, shared.tls_secret))
    return template.fill("selector.yaml", dict(values, PORT=selector.port, ARGS=["--config_file", "%s/%s" % (CONFIG, SETUP)]))


def _proxy(config):
    proxy, shared = config.proxy, config.shared
    pod = pods.Pod(proxy, shared)
    pod.variable("HTTP_PORT", proxy.http_port)
    pod.variable("ROUTE_PORT", proxy.route_port)
    pod.variable("DOOR_PORT", DOOR_PORT)
    pod.variable("JOB_SCHEDULER_ADDRESS", _address(config.scheduler))
    pod.variable("SELECTOR_ADDRESS", _address(config.selector))
    pod.variable("LOG_LEVEL", _spring_level(shared.log_level))
    pod.variable("K8S_NAMESPACE", shared.cluster.namespace)
    pod.internal_secret()
    pod.tls()
    pod.options()
    pod.directory("config-file", proxy.volumes["config"], "/nginx/conf", read_only=True)
    ports = [proxy.grpc_port, proxy.http_port]
    values = pod.values("proxy", ports, pods.http_probe(proxy.http_port, False), proxy.external, ports)
    values["CONTAINER_PORTS"] = values["CONTAINER_PORTS"] + [{"name": "routes", "containerPort": proxy.route_port}]
    return template.fill(
        "proxy.yaml",
        dict(values, GRPC_PORT=proxy.grpc_port, HTTP_PORT=proxy.http_port, ROUTE_PORT=proxy.route_port),
    )


def _controller(config):
    api, shared = config.api, config.shared
    args = [
        "/nginx-ingress-controller",
        "--publish-service=$(POD_NAMESPACE)/ingress-nginx-controller",
        "--election-id=ingress-nginx-leader",
        "--controller-class=k8s.io/ingress-nginx",
        "--ingress-class=" + api.ingress_class,
        "--configmap=$(POD_NAMESPACE)/ingress-nginx-controller",
        "--watch-namespace=" + shared.cluster.namespace,
        "--http-port=8080",
        "--https-port=8443",
    ]
    if shared.tls_secret:
        args.append("--default-ssl-certificate=%s/%s" % (shared.cluster.namespace, shared.tls_secret))
    ports = []
    for name, port, target, node_port in (("http", 80, 8080, api.http_port), ("https", 443, 8443, api.https_port)):
        entry = {"name": name, "appProtocol": name, "port": port, "targetPort": target}
        if api.external:
            entry["nodePort"] = node_port
        ports.append(entry)
    return template.fill(
        "ingress-nginx.yaml",
        {
            "NAMESPACE": shared.cluster.namespace,
            "SERVICE_TYPE": "NodePort" if api.external else "ClusterIP",
            "SERVICE_PORTS": ports,
            "INGRESS_CLASS": api.ingress_class,
            "ARGS": args,
        },
    )


def _ingress(config, component, kind):
    annotations = dict(INGRESS)
    tls = {}
    if config.shared.tls_secret:
        annotations["nginx.ingress.kubernetes.io/backend-protocol"] = "HTTPS"
        tls = {"tls": [{"secretName": config.shared.tls_secret}]}
    annotations.update(config.api.annotations)
    return template.fill(
        "ingress-%s.yaml" % kind,
        {
            "NAME": component.service_name,
            "NAMESPACE": config.shared.cluster.namespace,
            "LABELS": pods.labels(component.service_name, kind),
            "ANNOTATIONS": annotations,
            "INGRESS_CLASS": config.api.ingress_class,
            "INGRESS_TLS": tls,
            "PORT": component.port,
        },
    )


def _selector_setup(config):
    tokens = str(config.selector.enrolment == "token").lower()
    setup = {"port": config.selector.port, "log_level": config.shared.log_level, "auth_client": tokens}
    return json.dumps(setup, indent=2) + "\n"


def _http(pod, kind, port, config):
    """REST: users come through the ingress, whose controller is in a namespace of its own, or we know not where."""
    controller = {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}} if config.api.controller else {}
    values = pod.values(kind, [port], pods.http_probe(port, config.shared.tls_secret))
    return dict(values, USERS=[{"namespaceSelector": controller}])


def _storage(pod, storage):
    if storage.type == "s3":
        pod.variable("STORAGE_ENDPOINT", storage.address)
    pod.variable("STORAGE_TYPE", storage.type)


def _access(pod, config, storage_known=False):
    auth = config.auth
    pod.variable("NSFL_AUTH_MODE", auth.mode)
    if auth.mode == "storage" and not storage_known:
        _storage(pod, config.storage)
    if auth.key_secret:
        pod.secret_directory("token-keys", auth.key_secret, pods.SECRETS + "/token")
        pod.variable("NSFL_AUTH_TOKEN_KEYFILES", "%s/token/%s" % (pods.SECRETS, auth.key))
    for name, value in sorted(auth.settings.items()):
        pod.variable(name, value)


def _kubernetes_api(pod, cluster):
    if cluster.address:
        pod.variable("K8S_ADDRESS", cluster.address)
    if cluster.protocol:
        pod.variable("K8S_API_PROTOCOL", cluster.protocol)


def _spring_level(level):
    return {"warning": "warn", "critical": "error"}.get(level, level)


def _address(component):
    return "%s:%d" % (component.service_name, component.port)
