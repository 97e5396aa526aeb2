# Images into the nodes, where no registry serves them, and the files that name them.

images=(nsfl-job-scheduler nsfl-model-manager nsfl-selector nsfl-proxy nsfl-coordinator nsfl-client-cpu)

load_images() {
    local image
    [ -n "$load" ] || { say "the nodes fetch them from $registry"; return; }
    for image in "${images[@]}"; do
        say "$registry/$image:$tag"
        # shellcheck disable=SC2086
        $load "$registry/$image:$tag" >"$work/load.log" 2>&1 || { cat "$work/load.log" >&2; die "$image cannot be loaded"; }
    done
}

# The guide's two JSON blocks with the addresses of this cluster, and nothing else changed.
generate() {
    local side index
    for side in server:0 client:1; do
        index="${side#*:}"
        side="${side%:*}"
        python3 "$here/cut.py" json "$root/docs/cluster_deploy_zh.md" "$index" | sed \
            -e "s#10\.67\.134\.35:5000#$registry#" -e "s#:latest#:$tag#" \
            -e "s#10\.67\.134\.15\.9001#$address:30091#" -e "s#10\.67\.134\.15:9000#${s3#*://}#" \
            -e "s#10\.67\.134\.32:12202#$db#" -e "s#10\.67\.134\.15#$address#" >"$work/${side}_config.json"
    done
    sed -i "s#/mnt/neursafe_fl#$server_root#" "$work/server_config.json"
    # What a client offers is what its image can import.
    sed -i -e "s#/mnt/neursafe_fl#$client_root#" -e "s#\"tensorflow,pytorch\"#\"$runtimes\"#" "$work/client_config.json"
    for side in server client; do
        vary "$side"
        say "gen_yamls.py --type $side"
        python3 "$root/deploy/kubernetes/gen_yamls.py" --type "$side" --config_file "$work/${side}_config.json" --output "$work/output"
    done
    cp "$work/output/nginx.conf" "$server_root/proxy/"
    cp "$work/output/client_selector_setup.json" "$server_root/selector/"
    cp "$work/output/task_manager_setup.json" "$client_root/config/"
    "$root/nsfl" data mnist "$work/mnist" --npz >"$work/mnist.log" 2>&1 || { tail -5 "$work/mnist.log"; die "MNIST cannot be had"; }
    cp -r "$work/mnist" "$client_root/datasets/mnist"
    echo '{"index": 0, "of": 2}' >"$client_root/datasets/mnist/partition.json"
    printf '{"mnist": "%s/datasets/mnist"}\n' "$client_root" >"$client_root/datasets/datasets.json"
}

# wait_ready DEPLOYMENT...
wait_ready() {
    local name
    for name in "$@"; do
        kubectl rollout status "deployment/$name" --timeout=300s
    done
    kubectl get pod
}
