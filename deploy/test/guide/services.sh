# Database and object storage: those that are named, or ones of our own at --address.

start_services() {
    started=()
    if [ -z "$db" ]; then
        start_database
    fi
    if [ -z "$s3" ]; then
        start_storage
    fi
    say "database $db, storage $s3"
}

# background NAME COMMAND...: in the cluster's network, stopped at the end
background() {
    local name="$1"
    shift
    # shellcheck disable=SC2086
    setsid nohup $in "$@" >"$work/$name.log" 2>&1 </dev/null &
    started+=("$!")
    echo "$!" >>"$work/started.pids"
}

start_database() {
    local binaries
    binaries="$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -1)"
    [ -n "$binaries" ] || die "no PostgreSQL was found to start: install one, or name one with --db"
    binaries="$(dirname "$binaries")"
    local data="$work/postgresql" run=()
    mkdir -p "$data"
    # PostgreSQL does not run as root.
    if [ "$(id -u)" = 0 ]; then
        id nobody >/dev/null
        chown nobody "$data"
        chmod 711 "$work"
        run=(setpriv --reuid nobody --clear-groups)
    fi
    printf '%s' "$db_password" >"$work/db.password"
    chmod 644 "$work/db.password"
    (cd / && "${run[@]}" "$binaries/initdb" -D "$data" -U "$db_user" --pwfile="$work/db.password" -A scram-sha-256 -E UTF8 --locale=C >"$work/initdb.log")
    rm -f "$work/db.password"
    echo "host all all 0.0.0.0/0 scram-sha-256" >>"$data/pg_hba.conf"
    (cd / && background postgresql "${run[@]}" "$binaries/postgres" -D "$data" -h "$address" -p 12202 -k "$data")
    db="$address:12202"
    retry 60 quietly sql postgres -c 'select 1'
}

start_storage() {
    command -v minio >/dev/null || die "no minio was found to start: install one, or name a storage with --s3"
    MINIO_ROOT_USER="$s3_user" MINIO_ROOT_PASSWORD="$s3_password" background minio minio server "$work/minio" --address "$address:9000"
    s3="http://$address:9000"
    retry 60 quietly reach curl -sf "$s3/minio/health/live"
}

# sql DATABASE ARGUMENT...
sql() {
    local name="$1"
    shift
    PGPASSWORD="$db_password" reach psql -h "${db%:*}" -p "${db##*:}" -U "$db_user" -d "$name" -v ON_ERROR_STOP=1 -q "$@"
}

# retry SECONDS COMMAND...: until it succeeds
retry() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || die "gave up: $*"
        sleep 1
    done
}

# quietly COMMAND...: what it says last is in quiet.log
quietly() { "$@" >"$work/quiet.log" 2>&1; }

make_secrets() {
    printf '%s' "$db_user" >"$work/username"
    printf '%s' "$db_password" >"$work/password"
    kubectl create secret generic pgsecret --from-file=username="$work/username" --from-file=password="$work/password"
    printf '%s' "$s3_user" >"$work/username"
    printf '%s' "$s3_password" >"$work/password"
    kubectl create secret generic miniosecret --from-file=username="$work/username" --from-file=password="$work/password"
    rm -f "$work/username" "$work/password"
}

# The guide's own statements.
make_tables() {
    sql postgres -c 'CREATE DATABASE neursafe_fl' 2>"$work/create-database.log" || grep -q 'already exists' "$work/create-database.log"
    python3 "$here/cut.py" sql "$root/docs/cluster_deploy_zh.md" | grep -v -e '^CREATE DATABASE' -e '^\\c' >"$work/tables.sql"
    sql neursafe_fl -f "$work/tables.sql"
    sql neursafe_fl -c '\dt'
}

make_bucket() {
    # S3 itself wants the header of the digest; curl before 8 leaves it out.
    printf 'user = "%s:%s"\n' "$s3_user" "$s3_password" \
        | reach curl -sf -K - --aws-sigv4 aws:amz:us-east-1:s3 -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -X PUT "$s3/$1" || say "bucket $1 is there already, or cannot be made"
}

# A directory of the shared root is a bucket, and s3fs shows the one as the other.
make_directories() {
    local bucket
    mkdir -p "$server_root"
    for bucket in default models selector proxy; do
        mkdir -p "$server_root/$bucket"
        if mountpoint -q "$server_root/$bucket"; then
            continue
        fi
        make_bucket "$bucket"
        printf '%s:%s' "$s3_user" "$s3_password" >"$work/s3fs.password"
        chmod 600 "$work/s3fs.password"
        reach s3fs "$bucket" "$server_root/$bucket" -o "url=$s3,use_path_request_style,passwd_file=$work/s3fs.password" \
            -o allow_other,uid=10001,gid=10001,umask=0027,mp_umask=0027
        # s3fs looks for the bucket when it has already said yes, and takes the mount away again; the first look waits for it.
        { ls "$server_root/$bucket" >/dev/null && mountpoint -q "$server_root/$bucket"; } \
            || die "s3fs does not mount bucket $bucket of $s3: is it there, and are user and password right?"
        say "bucket $bucket at $server_root/$bucket"
    done
    mkdir -p "$client_root"/{lmdb,workspace,datasets,task_configs,config}
}

cleanup() {
    local bucket pid
    step "Removing what was made"
    kubectl delete --ignore-not-found --wait=false pods,services -l app.kubernetes.io/part-of=nsfl >/dev/null 2>&1
    for file in "$work"/output/*.yaml; do
        [ ! -f "$file" ] || kubectl delete --ignore-not-found -f "$file" >/dev/null 2>&1
    done
    kubectl delete --ignore-not-found secret pgsecret miniosecret nsfl-internal nsfl-tls >/dev/null 2>&1
    kubectl delete --ignore-not-found --wait=false persistentvolumeclaims,persistentvolumes -l nsfl-guide=claim >/dev/null 2>&1
    stop_container
    for bucket in default models selector proxy; do
        mountpoint -q "$server_root/$bucket" && umount "$server_root/$bucket"
    done
    if [ -f "$work/started.pids" ]; then
        while read -r pid; do
            kill "$pid" 2>/dev/null
        done <"$work/started.pids"
    fi
}
