# The client in a container on this machine, as the guide runs it.

single_root=/workspace/neursafe_fl/task_manager

start_container() {
    mkdir -p "$single_root"/{lmdb,workspace,task_configs,datasets}
    cp -r "$work/mnist" "$single_root/datasets/mnist"
    echo '{"index": 1, "of": 2}' >"$single_root/datasets/mnist/partition.json"
    local ssl=""
    if [ -n "$tls" ]; then
        cp -r "$work/tls/single-host" "$single_root/tls"
        # What the client reads belongs to its user; the container hands over no more than the two directories it writes.
        chown -R 10001 "$single_root/tls"
        ssl="\"ssl\": \"$single_root/tls\", \"server_name\": \"$authority\","
    fi
    printf '{"mnist": "%s/datasets/mnist"}\n' "$single_root" >"$single_root/datasets/datasets.json"
    cat >"$single_root/setup.json" <<JSON
{
  $ssl
  "server": "$address:30091",
  "port": 22000,
  "platform": "linux",
  "lmdb_path": "$single_root/lmdb",
  "workspace": "$single_root/workspace",
  "task_config_entry": "$single_root/task_configs",
  "datasets": "$single_root/datasets/datasets.json",
  "runtime": "$runtimes",
  "registration": "true",
  "storage_quota": 1024
}
JSON
    say "$docker run -v $single_root/:$single_root/ --net=host nsfl-client-cpu --config_file $single_root/setup.json"
    # shellcheck disable=SC2086
    reach $docker run -d --name nsfl-guide-client -v "$single_root/:$single_root/" --net=host "$registry/nsfl-client-cpu:$tag" \
        --config_file "$single_root/setup.json" >"$work/container.id"
}

stop_container() {
    # shellcheck disable=SC2086
    reach $docker rm -f nsfl-guide-client >/dev/null 2>&1
}
