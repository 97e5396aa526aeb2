# A PyTorch job of two workers: executor pods that find each other at the client on the cluster, processes at the one in a container.

create_workers_job() {
    job=torch-all-reduce
    workspace="$work/torch_all_reduce"
    rm -rf "$workspace"
    cp -r "$here/all_reduce" "$workspace"
    mkdir "$workspace/model"
    python3 - "$workspace/model/init_model.safetensors" <<'PY'
import struct, sys
header = b'{"total":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + bytes(16))
PY
    submit
}

# Two rounds add 3 each.
check_workers() {
    local total
    total="$(field metrics.loss)"
    [ "$total" = 6.0 ] || die "the workers' sum is $total and not 6.0"
    say "two rounds of two workers at every client: the global weights are $total"
}
