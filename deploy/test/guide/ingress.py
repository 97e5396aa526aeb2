"""Reads Ingress objects (JSON of `kubectl get ingress`) and prints an nginx.conf with their rules."""

import json
import sys

locations = []
listen = ["listen 8080;"]
for ingress in json.load(sys.stdin)["items"]:
    namespace = ingress["metadata"]["namespace"]
    annotations = ingress["metadata"].get("annotations", {})
    regex = annotations.get("nginx.ingress.kubernetes.io/use-regex") == "true"
    scheme = annotations.get("nginx.ingress.kubernetes.io/backend-protocol", "HTTP").lower()
    if "tls" in ingress["spec"]:
        listen = ["listen 8443 ssl;", "ssl_certificate /tls/tls.crt;", "ssl_certificate_key /tls/tls.key;", "listen 8080;"]
    for rule in ingress["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            service = path["backend"]["service"]
            target = "%s://%s.%s.svc.cluster.local:%d" % (scheme, service["name"], namespace, service["port"]["number"])
            match = "= " if path["pathType"] == "Exact" else "~ ^" if regex else ""
            locations.append('        location %s"%s" { proxy_pass %s; }' % (match.replace("^", ""), ("^" if "~" in match else "") + path["path"], target))
print(
    """pid /tmp/nginx.pid;
error_log stderr warn;
events {}
http {
    access_log off;
    client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
    server {
        %s
        client_max_body_size 0;
        proxy_request_buffering off; proxy_buffering off; proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_read_timeout 1h;
%s
    }
}"""
    % ("\n        ".join(listen), "\n".join(locations))
)
