# The job of the guide's verification: created, watched, disturbed, and looked at in the end.

configure_ctl() {
    export NSFL_CONFIG="$work/nsfl.json" NSFL_DATA_SERVER="$s3" NSFL_USER="$s3_user" NSFL_PASSWORD="$s3_password"
    if [ -n "$tls" ]; then
        export NSFL_API_SERVER="https://$address:30084" NSFL_CERTIFICATE="$work/tls/ca.crt"
    else
        export NSFL_API_SERVER="$address:30083"
    fi
    retry 60 quietly ctl health
    ctl health
    ctl get namespace
    if NSFL_PASSWORD=wrong ctl get jobs default >"$work/wrong-password.log" 2>&1; then
        die "a wrong password was accepted"
    fi
    say "a wrong password: $(head -1 "$work/wrong-password.log")"
}

ctl() { reach "$root/nsfl-ctl/src/main/launcher/nsfl-ctl" "$@"; }

create_job() {
    rm -rf "$work/tf_mnist_fl"
    cp -r "$root/examples/mnist/tensorflow" "$work/tf_mnist_fl"
    python3 - "$work/tf_mnist_fl/config.json" "$rounds" <<'PY'
import json, sys
path, rounds = sys.argv[1], int(sys.argv[2])
job = json.load(open(path))
job["id"] = "tf-mnist-fl"
job["hyper_parameters"]["max_round_num"] = rounds
json.dump(job, open(path, "w"), indent=2)
PY
    retry 120 clients_are_there
    say "nsfl-ctl create job -w tf_mnist_fl/ default"
    ctl create job -w "$work/tf_mnist_fl/" default
    ctl get job -w "$work/tf_mnist_fl/" default
}

clients_are_there() { [ "$(ctl get client default 2>/dev/null | grep -c '^c-')" -ge 2 ]; }

# field NAME: of the job's object, dots lead deeper; None while the API server is away
field() {
    ctl get job default tf-mnist-fl -o json 2>/dev/null | python3 -c '
import json, sys
text = sys.stdin.read()
value = json.loads(text) if text.startswith("{") else {}
for name in sys.argv[1].split("."):
    value = (value or {}).get(name)
print(value)' "$1"
}

committed() { ctl describe job default tf-mnist-fl 2>/dev/null | grep -c -i 'committed' || true; }

# A pod of each kind dies without warning, one after the other, while the job is at work.
kill_pods() {
    local name pod label
    [ "$kill_names" != none ] || return 0
    for name in ${kill_names//,/ }; do
        case "$name" in
            coordinator) label=app.kubernetes.io/component=coordinator ;;
            executor) label=app.kubernetes.io/component=executor ;;
            proxy) label=app=nsfl-proxy ;;
            selector) label=app=nsfl-client-selector ;;
            scheduler) label=app=nsfl-job-scheduler ;;
            *) die "--kill: '$name' is none of coordinator, executor, proxy, selector, scheduler" ;;
        esac
        retry 300 at_work_with "$label"
        pod="$(kubectl get pods -l "$label" --field-selector=status.phase=Running -o name | head -1)"
        say "killing $pod ($name), the job is $(field status.state) at $(field status.progress) %"
        kubectl delete "$pod" --grace-period=0 --force >/dev/null 2>&1
    done
}

at_work_with() {
    case "$(field status.state)" in FAILED | FINISHED | STOPPED) die "the job is $(field status.state) already: $(field status.reason)" ;; esac
    [ -n "$(kubectl get pods -l "$1" --field-selector=status.phase=Running -o name)" ] && [ "$(field status.state)" = RUNNING ]
}

await_job() {
    local until=$((SECONDS + ${NSFL_GUIDE_JOB_SECONDS:-1800})) state
    while :; do
        state="$(field status.state || true)"
        case "$state" in
            FINISHED) break ;;
            FAILED | STOPPED) ctl describe job default tf-mnist-fl || true; die "the job is $state: $(field status.reason)" ;;
        esac
        [ "$SECONDS" -lt "$until" ] || { ctl describe job default tf-mnist-fl || true; die "the job is still $state"; }
        sleep 3
    done
    ctl get job -w "$work/tf_mnist_fl/" default
    ctl describe job default tf-mnist-fl
}

check_results() {
    local metrics
    metrics="$(find "$server_root/default/output" -name metrics.json -path '*fl_tf-mnist-fl_output_V*' | head -1)"
    [ -n "$metrics" ] || die "no metrics.json in $server_root/default/output"
    python3 - "$metrics" <<'PY'
import json, sys
metrics = json.load(open(sys.argv[1]))
flat = json.dumps(metrics)
accuracy = metrics.get("accuracy") or metrics.get("evaluate", {}).get("accuracy")
last = accuracy[-1] if isinstance(accuracy, list) else accuracy
print("   %s: accuracy %s" % (sys.argv[1], last))
sys.exit(0 if last is not None and last > 0.9 else "the model is not good: " + flat[:500])
PY
    retry 120 coordinator_is_gone
    say "the coordinator's pod is gone"
}

coordinator_is_gone() {
    local pods
    pods="$(kubectl get pods -l app.kubernetes.io/component=coordinator -o name)" && [ -z "$pods" ]
}
