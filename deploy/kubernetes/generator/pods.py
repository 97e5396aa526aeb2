"""The parts that Deployments of all components have in common, as data for the templates."""

SECRETS = "/nsfl/secrets"
INTERNAL = SECRETS + "/internal"
TLS = SECRETS + "/tls"
OWNER = "10001"
# 0440 in decimal: readers of YAML disagree about what a number with a leading zero is.
GROUP_READS = 288


class Pod:
    """Collects environment, mounts and directories of one component's pod."""

    def __init__(self, component, shared):
        self.component = component
        self.shared = shared
        self.env = []
        self.mounts = [{"name": "tmp", "mountPath": "/tmp"}]
        self.volumes = [{"name": "tmp", "emptyDir": {}}]
        self.prepared = []

    def variable(self, name, value):
        self.env.append({"name": name, "value": str(value)})

    def secret_variable(self, name, secret, key):
        self.env.append({"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}})

    def database(self, collection=""):
        database = self.shared.database
        self.variable("DB_ADDRESS", database.address)
        self.secret_variable("DB_USERNAME", database.secret.name, database.secret.user_key)
        self.secret_variable("DB_PASSWORD", database.secret.name, database.secret.passwd_key)
        self.variable("DB_TYPE", database.type)
        self.variable("DB_NAME", database.name)
        if collection:
            self.variable("DB_COLLECTION_NAME", collection)

    def options(self):
        """The user's own variables; they replace generated ones of the same name."""
        for name, value in self.component.options.items():
            for entry in self.env:
                if entry["name"] == name:
                    entry.clear()
                    entry.update({"name": name, "value": value})
                    break
            else:
                self.variable(name, value)

    def directory(self, name, volume, mount_path, read_only=False, own=False):
        """own: the component's own directory, made on the node where it is absent; others have to be there."""
        mount = {"name": name, "mountPath": mount_path}
        if read_only:
            mount["readOnly"] = True
        if volume.sub_path:
            mount["subPath"] = volume.sub_path
        if volume.propagation:
            mount["mountPropagation"] = volume.propagation
        self.mounts.append(mount)
        if volume.claim:
            # Several volumes may be parts of one claim.
            self.volumes.append({"name": name, "persistentVolumeClaim": {"claimName": volume.claim}})
        else:
            kind = "DirectoryOrCreate" if own else "Directory"
            self.volumes.append({"name": name, "hostPath": {"path": volume.source, "type": kind}})

    def secret_directory(self, name, secret, mount_path, optional=False):
        self.mounts.append({"name": name, "mountPath": mount_path, "readOnly": True})
        source = {"secretName": secret, "defaultMode": GROUP_READS}
        if optional:
            source["optional"] = True
        self.volumes.append({"name": name, "secret": source})

    def internal_secret(self):
        """Made by the job-scheduler at its first start and waited for, hence optional."""
        self.secret_directory("internal-secret", "nsfl-internal", INTERNAL, optional=True)
        self.variable("NSFL_INTERNAL_SECRET_FILE", INTERNAL + "/secret")

    def tls(self):
        if self.shared.tls_secret:
            self.secret_directory("tls", self.shared.tls_secret, TLS)
            self.variable("NSFL_TLS_DIRECTORY", TLS)
            if self.shared.tls_authority:
                self.variable("NSFL_TLS_AUTHORITY", self.shared.tls_authority)

    def init_containers(self):
        """Directories that belong to root on the nodes are given to the component's user; nothing else runs as root."""
        if not self.prepared or not self.shared.prepare_directories:
            return {}
        names = {mount["name"] for mount in self.mounts if any(_below(path, mount["mountPath"]) for path in self.prepared)}
        return {
            "initContainers": [
                {
                    "name": "prepare-directories",
                    "image": self.component.image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["/opt/nsfl/bin/prepare-directories", "--owner", OWNER] + self.prepared,
                    "resources": {
                        "requests": {"cpu": "10m", "memory": "16Mi"},
                        "limits": {"memory": "64Mi"},
                    },
                    "securityContext": {
                        "runAsNonRoot": False,
                        "runAsUser": 0,
                        "runAsGroup": 0,
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]},
                    },
                    "volumeMounts": [
                        {key: value for key, value in mount.items() if key != "mountPropagation"}
                        for mount in self.mounts
                        if mount["name"] in names
                    ],
                }
            ]
        }

    def placement(self):
        placement = {}
        if self.component.node_selector:
            placement["nodeSelector"] = self.component.node_selector
        if self.component.replicas > 1:
            placement["topologySpreadConstraints"] = [
                {
                    "maxSkew": 1,
                    "topologyKey": "kubernetes.io/hostname",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {"app": self.component.service_name}},
                }
            ]
        return placement

    def values(self, kind, ports, probe, external=False, node_ports=()):
        """What a component's template wants. ports: of the Service, in order; kind: the component's name among all."""
        component = self.component
        return {
            "NAME": component.service_name,
            "NAMESPACE": self.shared.cluster.namespace,
            "LABELS": labels(component.service_name, kind),
            "IMAGE": component.image,
            "REPLICAS": component.replicas,
            "SERVICE_TYPE": "NodePort" if external else "ClusterIP",
            "SERVICE_PORTS": [_service_port(n, port, external, node_ports) for n, port in enumerate(ports)],
            "CONTAINER_PORTS": [{"name": "port-%d" % n, "containerPort": port} for n, port in enumerate(ports)],
            "PLACEMENT": self.placement(),
            "INIT_CONTAINERS": self.init_containers(),
            "ENV": self.env,
            "PROBE": probe,
            "RESOURCES": component.resources,
            "VOLUME_MOUNTS": self.mounts,
            "VOLUMES": self.volumes,
        }


def labels(name, kind):
    """Those of the guide's generation, and the recommended ones."""
    return {
        "app": name,
        "app.kubernetes.io/name": kind,
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/component": kind,
        "app.kubernetes.io/part-of": "nsfl",
        "app.kubernetes.io/managed-by": "gen_yamls",
    }


def http_probe(port, tls):
    get = {"path": "/api/v1/health", "port": port}
    if tls:
        get["scheme"] = "HTTPS"
    return {"httpGet": get}


def grpc_probe(port, tls):
    """The kubelet asks gRPC servers only without TLS; with it, it looks whether the port is open."""
    return {"tcpSocket": {"port": port}} if tls else {"grpc": {"port": port}}


def _service_port(number, port, external, node_ports):
    entry = {"name": "port-%d" % number, "port": port, "targetPort": port}
    if external and number < len(node_ports) and node_ports[number]:
        entry["nodePort"] = node_ports[number]
    return entry


def _below(path, directory):
    return path == directory or path.startswith(directory.rstrip("/") + "/")
