"""The proxy's nginx.conf."""

from . import pods, template
from .server_config import DOOR_PORT

LEVELS = {"trace": "debug", "debug": "debug", "info": "info", "warn": "warn", "warning": "warn", "error": "error", "critical": "crit"}
CLIENT_AUTH = {"none": "off", "want": "optional", "need": "on"}


def render(config):
    shared = config.shared
    return template.fill(
        "nginx.conf",
        {
            "GRPC_PORT": config.proxy.grpc_port,
            "DOOR_PORT": DOOR_PORT,
            "LOG_LEVEL": LEVELS[shared.log_level],
            "TLS": pods.TLS,
            "CLIENT_AUTH": CLIENT_AUTH[shared.tls_client_auth],
            "IF_TLS": "" if shared.tls_secret else "#",
            "IF_PLAIN": "#" if shared.tls_secret else "",
        },
    )
