"""The proxy's nginx.conf."""

from . import pods, template
from .server_config import DOOR_PORT

LEVELS = {"trace": "debug", "debug": "debug", "info": "info", "warn": "warn", "warning": "warn", "error": "error", "critical": "crit"}


def render(config):
    shared = config.shared
    return template.fill(
        "nginx.conf",
        {
            "GRPC_PORT": config.proxy.grpc_port,
            "HTTP_PORT": config.proxy.http_port,
            "ROUTE_PORT": config.proxy.route_port,
            "DOOR_PORT": DOOR_PORT,
            "SELECTOR_ADDRESS": "%s.%s.svc.%s:%d"
            % (config.selector.service_name, shared.cluster.namespace, shared.cluster.domain, config.selector.port),
            "NAMESPACE": shared.cluster.namespace,
            "CLUSTER_DOMAIN": shared.cluster.domain,
            "RESOLVER": shared.cluster.dns,
            "LOG_LEVEL": LEVELS[shared.log_level],
            "TLS": pods.TLS if shared.tls_secret else "",
        },
    )
