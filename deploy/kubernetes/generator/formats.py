"""The forms that single values have: names, addresses, images, paths. Each check says what it is read as, or what is wrong with it."""

import re
from collections import namedtuple

# text: what it is read as; repaired: whether that is another text; wrong, suggestion: sentences
Verdict = namedtuple("Verdict", "text repaired wrong suggestion")

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_DOTTED_PORT = re.compile(r"((?:[0-9]{1,3}\.){3}[0-9]{1,3})\.([0-9]{1,5})")
_IMAGE = re.compile(
    r"(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?/)?"
    r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)


def read_as(text, repaired=False, suggestion=""):
    return Verdict(text, repaired, "", suggestion)


def refused(wrong, suggestion=""):
    return Verdict("", False, wrong, suggestion)


def service_name(text):
    """Name of a Service, a Deployment, a label's value."""
    if len(text) > 50:
        return refused("is longer than 50 characters", "Kubernetes allows 63, and names of other objects are made from it")
    if not _LABEL.fullmatch(text) or not text[0].isalpha():
        nearest = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-0123456789")
        return refused(
            "is no name of a Kubernetes Service: small letters, digits and '-', beginning with a letter",
            'did you mean "%s"?' % nearest if nearest else "",
        )
    return read_as(text)


def object_name(text):
    """Name of a Secret, a claim, an ingress class: DNS labels with dots between them."""
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in text.split(".")):
        return refused("is no name of a Kubernetes object: small letters, digits, '-' and '.'", "kubectl get shows names")
    return read_as(text)


def namespace(text):
    if len(text) > 63 or not _LABEL.fullmatch(text):
        return refused("is no Kubernetes namespace: at most 63 small letters, digits and '-'", "kubectl get namespaces shows them")
    return read_as(text)


def secret_key(text):
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", text):
        return refused("is no key of a Secret: letters, digits, '.', '_' and '-'")
    return read_as(text)


def directory_name(text):
    """A directory below the shared root: a name, no path."""
    trimmed = text.rstrip("/")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", trimmed):
        last = trimmed.split("/")[-1]
        return refused(
            "must be the name of one directory below the shared root, not a path",
            'did you mean "%s"?' % last if last and last != trimmed else "",
        )
    return read_as(trimmed, trimmed != text)


def absolute_path(text):
    """A directory of the nodes. Its trailing slash means nothing."""
    if not text.startswith("/"):
        return refused("must be an absolute path of the nodes", 'did you mean "/%s"?' % text.lstrip("./"))
    if re.search(r"[\x00-\x1f,=:]", text):
        return refused("must not hold ',', '=', ':' or control characters")
    if ".." in text.split("/"):
        return refused("must not hold '..'")
    trimmed = re.sub(r"/+", "/", text).rstrip("/")
    return read_as(trimmed) if trimmed else refused("must not be the root of the nodes", "give a directory of its own")


def image(text):
    if not _IMAGE.fullmatch(text):
        bare = re.sub(r"^[a-z]+://", "", text)
        near = bare if bare != text and _IMAGE.fullmatch(bare) else text.lower()
        return refused(
            "is no image: registry:port/name:tag",
            'did you mean "%s"?' % near if near != text and _IMAGE.fullmatch(near) else "",
        )
    return read_as(text)


def address(text):
    """host:port. Of the malformed ones only ip.port is repaired, which can mean nothing else."""
    dotted = _DOTTED_PORT.fullmatch(text)
    if dotted:
        whole = _host_and_port("%s:%s" % dotted.groups())
        return whole if whole.wrong else read_as(whole.text, True, "write it with ':' before the port")
    return _host_and_port(text)


def _host_and_port(text):
    bare = re.sub(r"^[a-z]+://", "", text).rstrip("/")
    host, _, port = bare.rpartition(":")
    if bare != text:
        return refused("must be host:port", 'did you mean "%s"?' % bare if ":" in bare else "")
    if not host:
        return refused("must be host:port, and the port is missing", 'for example "%s:%s"' % (text or "10.0.0.1", "9001"))
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        return refused("must be host:port with a port from 1 to 65535")
    if not _HOST.fullmatch(host) or re.fullmatch(r"[0-9.]+", host) and not _is_ipv4(host):
        return refused("must be host:port, and '%s' is no host" % host)
    return read_as(text)


def _is_ipv4(host):
    return re.fullmatch(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}", host) and all(int(part) < 256 for part in host.split("."))


def database_address(text):
    """host:port; for MongoDB several of them with commas between."""
    if "," not in text:
        return address(text)
    for part in text.split(","):
        if address(part).wrong or address(part).repaired:
            return refused("must be host:port, and '%s' is none" % part)
    return read_as(text)


def url(text):
    """http(s)://host:port; without a scheme http is meant."""
    matched = re.fullmatch(r"(?:(?P<scheme>[A-Za-z]+)://)?(?P<rest>[^/]*)/?(?P<path>.*)", text)
    scheme = (matched.group("scheme") or "http").lower()
    if scheme not in ("http", "https") or matched.group("path"):
        return refused("must be http://host:port or https://host:port")
    rest = matched.group("rest")
    if matched.group("scheme") and _HOST.fullmatch(rest) and not re.fullmatch(r"[0-9.]+", rest):
        return read_as("%s://%s" % (scheme, rest))
    inner = address(rest)
    if inner.wrong:
        return refused("must be http://host:port or https://host:port", inner.suggestion)
    whole = "%s://%s" % (scheme, inner.text)
    return read_as(whole, inner.repaired or not matched.group("scheme"))


def api_address(text):
    """The Kubernetes API: host:port, a scheme before it is taken too."""
    matched = re.fullmatch(r"(https?://)?(.*?)/?", text)
    inner = address(matched.group(2))
    return inner if inner.wrong else read_as((matched.group(1) or "") + inner.text, inner.repaired, inner.suggestion)


def resource_key(text):
    if not re.fullmatch(r"[a-z0-9.-]+/[A-Za-z0-9._-]+", text):
        return refused("is no resource of Kubernetes", 'for example "nvidia.com/gpu"')
    return read_as(text)


def as_text(value):
    """A scalar of JSON as the text of an environment variable."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)
