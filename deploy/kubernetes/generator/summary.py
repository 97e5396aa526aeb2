"""What to do next, in the guide's order and with the user's own names and paths."""

import shlex


def of_server(config, output):
    """The lines that follow a server side's files."""
    shared, namespace = config.shared, _namespace(config.shared)
    steps = _namespace_step(shared) + [("Secrets, where they are not there yet", _server_secrets(config, namespace))]
    steps.append(
        (
            "directories below the shared root, on any node (or in the claim), and one for each namespace of jobs",
            _server_directories(config),
        )
    )
    steps.append(
        (
            "configuration files to their directories",
            [
                _copy(output, "nginx.conf", config.proxy.volumes["config"]),
                _copy(output, "client_selector_setup.json", config.selector.volumes["config"]),
            ],
        )
    )
    names = ["job-scheduler.yaml", "model-manager.yaml", "selector.yaml", "proxy.yaml"]
    names += ["ingress-nginx.yaml"] if config.api.controller else []
    names += ["ingress-job-scheduler.yaml", "ingress-model-manager.yaml"]
    steps.append(("deploy, in this order", ["cd " + shlex.quote(output)] + ["kubectl create -f " + name for name in names]))
    look = ["kubectl%s get pod" % namespace] + (["kubectl get pod -n ingress-nginx"] if config.api.controller else [])
    steps.append(("all pods become Running", look))
    data = " -d %s" % config.storage.address if config.storage.type == "s3" else ""
    login = {"storage": " -u USER -p", "token": " -t", "off": ""}[config.auth.mode]
    if config.api.external:
        token = ["nsfl-ctl create token -s USER -r default=user"] if config.auth.key_secret else []
        server = "NODE:%d" % config.api.http_port
        if config.shared.tls_secret:
            server = "https://NODE:%d -c ca.crt" % config.api.https_port
        line = token + ["nsfl-ctl set config -s %s%s%s" % (server, data, login), "nsfl-ctl health"]
        steps.append(("the command line", line))
    return _written(steps)


def of_client(config, output):
    """The lines that follow a client side's files."""
    manager, shared, namespace = config.task_manager, config.shared, _namespace(config.shared)
    secrets = [_secret(shared.database.secret, "DATABASE_USER", "DATABASE_PASSWORD", namespace)]
    if shared.tls_secret:
        secrets.append(_tls(shared.tls_secret, namespace))
    if manager.enrolment_secret:
        secrets.append(
            "kubectl%s create secret generic %s --from-file=%s=enrolment-token"
            % (namespace, manager.enrolment_secret, manager.enrolment_key)
        )
    sources = [volume.source for volume in manager.volumes.values() if not volume.claim]
    steps = _namespace_step(shared) + [("Secrets, where they are not there yet", secrets)]
    if sources:
        steps.append(("directories, on every node", ["mkdir -p " + " ".join(shlex.quote(source) for source in sources)]))
    datasets = manager.volumes["datasets"].source + "/datasets.json"
    steps.append(
        (
            "configuration; %s names the datasets: {\"mnist\": \"%s/mnist.npz\"}" % (datasets, manager.volumes["datasets"].source),
            [_copy(output, "task_manager_setup.json", manager.volumes["config"])],
        )
    )
    steps.append(("deploy", ["cd " + shlex.quote(output), "kubectl create -f task-manager.yaml"]))
    steps.append(("the pod becomes Running", ["kubectl%s get pod" % namespace]))
    return _written(steps)


def _written(steps):
    lines = ["", "Next:"]
    for number, (title, commands) in enumerate(steps, 1):
        lines.append("%d. %s" % (number, title))
        lines += ["     " + command for command in commands]
    return lines


def _namespace(shared):
    return "" if shared.cluster.namespace == "default" else " -n " + shared.cluster.namespace


def _namespace_step(shared):
    name = shared.cluster.namespace
    return [] if name == "default" else [("the namespace, where it is not there yet", ["kubectl create namespace " + name])]


def _server_secrets(config, namespace):
    commands = [_secret(config.shared.database.secret, "DATABASE_USER", "DATABASE_PASSWORD", namespace)]
    if config.storage.type == "s3" and config.storage.secret != config.shared.database.secret:
        commands.append(_secret(config.storage.secret, "STORAGE_USER", "STORAGE_PASSWORD", namespace))
    if config.auth.key_secret:
        commands.append("nsfl-ctl create key")
        commands.append(
            "kubectl%s create secret generic %s --from-file=%s=nsfl-token-keys.json" % (namespace, config.auth.key_secret, config.auth.key)
        )
    if config.selector.enrolment == "token" and config.selector.tokens_secret:
        commands.append("nsfl-ctl create enrolment-token -o enrolment-token -t enrolment-tokens")
        commands.append(
            "kubectl%s create secret generic %s --from-file=%s=enrolment-tokens"
            % (namespace, config.selector.tokens_secret, config.selector.tokens_key)
        )
    if config.shared.tls_secret:
        commands.append(_tls(config.shared.tls_secret, namespace))
    return commands


def _secret(secret, user, password, namespace):
    return "kubectl%s create secret generic %s --from-literal=%s=%s --from-literal=%s=%s" % (
        namespace,
        secret.name,
        secret.user_key,
        user,
        secret.passwd_key,
        password,
    )


def _tls(name, namespace):
    return "kubectl%s create secret generic %s --type=kubernetes.io/tls --from-file=tls.crt --from-file=tls.key --from-file=ca.crt" % (
        namespace,
        name,
    )


def _server_directories(config):
    root = config.scheduler.volumes["workspace"]
    below = list(dict.fromkeys([config.scheduler.configs_dir, config.models.models_dir, "default"]))
    if root.claim:
        lines = ["# in claim %s: %s" % (root.claim, " ".join(below))]
    else:
        lines = ["mkdir -p " + " ".join(shlex.quote("%s/%s" % (root.source, name)) for name in below)]
    for volume in (config.selector.volumes["config"], config.proxy.volumes["config"]):
        lines.append(
            "# in claim %s: %s" % (volume.claim, volume.sub_path or "/") if volume.claim else "mkdir -p " + shlex.quote(volume.source)
        )
    return lines


def _copy(output, name, volume):
    source = shlex.quote("%s/%s" % (output.rstrip("/"), name))
    if volume.claim:
        return "# %s into claim %s%s" % (source, volume.claim, ", below " + volume.sub_path if volume.sub_path else "")
    return "cp %s %s/" % (source, shlex.quote(volume.source))
