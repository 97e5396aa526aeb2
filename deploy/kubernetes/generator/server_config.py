"""The server side's configuration, checked whole."""

import re
from dataclasses import dataclass
from typing import Dict

from . import formats, settings

SMALL_LIMIT = {"memory": "1Gi"}
DOOR_PORT = 9004
KEY_SECRET = "nsfl-token-keys"


@dataclass
class Scheduler(settings.Component):
    port: int = 0
    collection: str = ""
    configs_dir: str = ""


@dataclass
class Selector(settings.Component):
    port: int = 0
    enrolment: str = "open"
    tokens_secret: str = ""
    tokens_key: str = "tokens"


@dataclass
class ModelManager(settings.Component):
    port: int = 0
    collection: str = ""
    models_dir: str = ""


@dataclass
class Proxy(settings.Component):
    grpc_port: int = 0
    http_port: int = 0
    route_port: int = 0
    external: bool = True


@dataclass
class ApiServer:
    http_port: int
    https_port: int
    external: bool
    ingress_class: str
    controller: bool
    annotations: Dict[str, str]


@dataclass
class Storage:
    type: str
    address: str
    secret: settings.SecretRef


@dataclass
class Auth:
    """How users of the REST API prove who they are."""

    mode: str
    key_secret: str
    key: str
    settings: Dict[str, str]


@dataclass
class ServerConfig:
    shared: settings.Shared
    scheduler: Scheduler
    selector: Selector
    models: ModelManager
    proxy: Proxy
    api: ApiServer
    storage: Storage
    auth: Auth
    coordinator_image: str
    coordinator_port: int


def read(root):
    shared = settings.shared(root)
    scheduler = _scheduler(root.section("job_scheduler", required=True))
    selector = _selector(root.section("client_selector", required=True))
    models = _models(root.section("model_manager", required=True))
    proxy = _proxy(root.section("proxy", required=True))
    api = _api(root.section("api_server", required=True))
    coordinator = root.section("coordinator", required=True)
    storage = _storage(root.section("storage", required=True))
    config = ServerConfig(
        shared,
        scheduler,
        selector,
        models,
        proxy,
        api,
        storage,
        _auth(root.section("auth"), storage),
        coordinator.text("image", formats.image, meaning="the coordinators' image"),
        coordinator.port("port", 50051),
    )
    _agree(config, root)
    return config


def _scheduler(section):
    common = settings.component(section, SMALL_LIMIT)
    common.volumes["workspace"] = settings.volume(section.section("volumes", required=True), "workspace")
    configs_dir = section.text("coordinator_configs_dir", formats.directory_name, meaning="the name of a directory")
    if configs_dir == "default":
        section.warn(
            "coordinator_configs_dir",
            "is also what the usual namespace is called; coordinators' files go to <namespace>-<job>/ in it, beside jobs' own",
            section.raw("coordinator_configs_dir"),
            'a name of its own, such as "coordinator_configs", keeps them apart',
        )
    return Scheduler(
        **vars(common),
        port=section.port("port", 8088),
        collection=section.text("db_collection_name", collection, "jobs"),
        configs_dir=configs_dir,
    )


def _selector(section):
    common = settings.component(section, SMALL_LIMIT)
    common.volumes["config"] = settings.volume(section.section("volumes", required=True), "config", sub_path_allowed=True)
    enrolment = section.section("enrolment")
    tokens = enrolment.section("secret_key_ref")
    return Selector(
        **vars(common),
        port=section.port("port", 50055),
        enrolment=enrolment.choice("mode", ["open", "token"], "open"),
        tokens_secret=tokens.text("name", formats.object_name, ""),
        tokens_key=tokens.text("key", formats.secret_key, "tokens"),
    )


def _models(section):
    common = settings.component(section, SMALL_LIMIT)
    common.volumes["workspace"] = settings.volume(section.section("volumes", required=True), "workspace")
    return ModelManager(
        **vars(common),
        port=section.port("port", 50057),
        collection=section.text("db_collection_name", collection, "models"),
        models_dir=section.text("models_dir", formats.directory_name, "models"),
    )


def _proxy(section):
    # nginx holds up to some MB of each transfer.
    common = settings.component(section, {"memory": "2Gi"}, most_replicas=20)
    common.volumes["config"] = settings.volume(section.section("volumes", required=True), "config", sub_path_allowed=True)
    external = section.truth("external", True)
    return Proxy(
        **vars(common),
        grpc_port=section.port("grpc_port", meaning="the port for clients", node=external),
        http_port=section.port("http_port", meaning="the port of the health page", node=external),
        route_port=section.port("route_port", 9003),
        external=external,
    )


def _api(section):
    external = section.truth("external", True)
    return ApiServer(
        section.port("http_port", meaning="the port of the API by http", node=external),
        section.port("https_port", meaning="the port of the API by https", node=external),
        external,
        section.text("ingress_class", formats.object_name, "nginx"),
        section.truth("controller", True),
        {name: formats.as_text(value.data) for name, value in section.section("annotations").entries()},
    )


def _storage(section):
    kind = section.choice("type", ["s3", "posix"], meaning="s3 or posix")
    if kind == "posix":
        for unused in ("address", "secret_key_ref"):
            section.asked[unused] = True
        return Storage(kind, "", settings.SecretRef("", "", ""))
    return Storage(
        kind,
        section.text("address", formats.url, meaning="the storage's http://host:port"),
        settings.secret_ref(section.section("secret_key_ref", required=True)),
    )


def _auth(section, storage):
    mode = section.choice("mode", ["storage", "token", "off"], "storage" if storage.type == "s3" else "token")
    if mode == "storage" and storage.type != "s3":
        section.fault("mode", "asks the object store, and storage.type is posix", section.raw("mode"), 'give "token"')
    if mode == "off":
        section.warn("mode", "lets everyone who reaches the API do everything", section.raw("mode"))
    token = section.section("token")
    key_ref = token.section("secret_key_ref")
    given = {
        "NSFL_AUTH_TOKEN_" + name.replace("_", "").upper(): token.text(name, None, "")
        for name in ("jwks_uri", "oidc_issuer", "issuer", "audience")
    }
    key_secret = key_ref.text("name", formats.object_name, "")
    if mode == "token" and not key_secret and not given["NSFL_AUTH_TOKEN_JWKSURI"] and not given["NSFL_AUTH_TOKEN_OIDCISSUER"]:
        key_secret = KEY_SECRET
    if mode == "token" and key_secret:
        # Tokens that nsfl-ctl signs name this issuer.
        given["NSFL_AUTH_TOKEN_ISSUER"] = given["NSFL_AUTH_TOKEN_ISSUER"] or "nsfl"
    return Auth(
        mode,
        key_secret if mode == "token" else "",
        key_ref.text("key", formats.secret_key, "keys.json"),
        {name: value for name, value in given.items() if value and mode == "token"},
    )


def collection(text):
    """A table; the longest that all components take."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,30}", text):
        return formats.refused("is no name of a table: at most 31 small letters, digits and '_'")
    return formats.read_as(text)


def _agree(config, root):
    findings = root.findings
    settings.distinct(
        [
            ("job_scheduler.service_name", config.scheduler.service_name),
            ("client_selector.service_name", config.selector.service_name),
            ("model_manager.service_name", config.models.service_name),
            ("proxy.service_name", config.proxy.service_name),
        ],
        findings,
        "names of Services",
    )
    proxy, api = config.proxy, config.api
    pod_ports = [("proxy." + name, getattr(proxy, name)) for name in ("grpc_port", "http_port", "route_port")]
    settings.distinct(pod_ports, findings, "ports of one pod", [("the proxy's own port", DOOR_PORT)])
    if api.external:
        api_ports = [("api_server.http_port", api.http_port), ("api_server.https_port", api.https_port)]
        settings.distinct(api_ports, findings, "ports of the nodes", pod_ports[:2] if proxy.external else [])
    workspaces = {config.scheduler.volumes["workspace"].source, config.models.volumes["workspace"].source}
    claims = {config.scheduler.volumes["workspace"].claim, config.models.volumes["workspace"].claim}
    if config.storage.type == "posix" and (len(workspaces) > 1 or len(claims) > 1):
        findings.fault(
            "model_manager.volumes.workspace",
            "is not the shared root that job_scheduler.volumes.workspace names",
            suggestion="with storage.type posix both read and write the same directory",
        )
