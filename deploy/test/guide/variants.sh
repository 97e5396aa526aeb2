# What the guide's own files leave out: --tls and --claims make the same way with its optional keys "tls" and "claim".

# The name that every certificate of the platform carries: coordinators' Services have a name for each job.
authority=nsfl.guide

make_certificates() {
    local directory="$work/tls" name
    mkdir -p "$directory"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=nsfl guide authority" \
        -keyout "$directory/ca.key" -out "$directory/ca.crt" 2>"$work/openssl.log"
    for name in services single-host; do
        mkdir -p "$directory/$name"
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$directory/$name/tls.key" \
            -out "$directory/$name/request" 2>>"$work/openssl.log"
        printf 'subjectAltName=DNS:%s,IP:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$authority" "$address" >"$directory/$name/extensions"
        openssl x509 -req -days 30 -in "$directory/$name/request" -CA "$directory/ca.crt" -CAkey "$directory/ca.key" -CAcreateserial \
            -extfile "$directory/$name/extensions" -out "$directory/$name/tls.crt" 2>>"$work/openssl.log"
        cp "$directory/ca.crt" "$directory/$name/"
    done
    kubectl create secret generic nsfl-tls --type=kubernetes.io/tls --from-file="$directory/services/tls.crt" \
        --from-file="$directory/services/tls.key" --from-file="$directory/services/ca.crt"
}

# A volume of each directory that a claim then stands for; how a claim is had otherwise is the cluster's affair.
make_claims() {
    local directory
    claim nsfl-server "$server_root"
    for directory in lmdb workspace datasets task_configs config; do
        claim "nsfl-client-${directory//_/-}" "$client_root/$directory"
    done
}

claim() {
    kubectl create -f - <<YAML
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "$1", "labels": {"nsfl-guide": "claim"}},
   "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteMany"], "storageClassName": "", "hostPath": {"path": "$2"}}},
  {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "$1", "namespace": "default", "labels": {"nsfl-guide": "claim"}},
   "spec": {"volumeName": "$1", "accessModes": ["ReadWriteMany"], "storageClassName": "", "resources": {"requests": {"storage": "10Gi"}}}}]}
YAML
}

# vary SIDE: adds the keys to the side's configuration.
vary() {
    [ -n "$tls$claims" ] || return 0
    python3 "$here/vary.py" "$root/deploy/kubernetes" "$work/$1_config.json" "${tls:+$authority}" "${claims:+claims}"
}
