"""Reads a Service (JSON) and prints a pod that it selects: nginx of the given image with ConfigMap stand-in: stand_in.py IMAGE SECRET|''."""

import json
import sys

service = json.load(sys.stdin)
pod = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "stand-in", "namespace": service["metadata"]["namespace"], "labels": service["spec"]["selector"]},
    "spec": {
        "automountServiceAccountToken": False,
        "containers": [
            {
                "name": "nginx",
                "image": sys.argv[1],
                "imagePullPolicy": "IfNotPresent",
                "command": ["nginx", "-c", "/conf/nginx.conf", "-g", "daemon off;"],
                "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "allowPrivilegeEscalation": False},
                "readinessProbe": {"tcpSocket": {"port": 8080}},
                "volumeMounts": [{"name": "conf", "mountPath": "/conf"}, {"name": "tmp", "mountPath": "/tmp"}],
            }
        ],
        "volumes": [{"name": "conf", "configMap": {"name": "stand-in"}}, {"name": "tmp", "emptyDir": {}}],
    },
}
if sys.argv[2]:
    pod["spec"]["containers"][0]["volumeMounts"].append({"name": "tls", "mountPath": "/tls"})
    pod["spec"]["volumes"].append({"name": "tls", "secret": {"secretName": sys.argv[2]}})
print(json.dumps(pod))
