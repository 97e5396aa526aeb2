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

# The guide's job, or the same one in PyTorch where that is all that clients have.
create_job() {
    local example=tensorflow
    job=tf-mnist-fl
    case ",$runtimes," in *,tensorflow,*) ;; *) example=pytorch job=torch-mnist-fl ;; esac
    workspace="$work/${job//-/_}"
    rm -rf "$workspace"
    cp -r "$root/examples/mnist/$example" "$workspace"
    python3 - "$workspace/config.json" "$job" "$rounds" <<'PY'
import json, sys
path, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
job = json.load(open(path))
job["id"] = name
job["hyper_parameters"]["max_round_num"] = rounds
json.dump(job, open(path, "w"), indent=2)
PY
    retry 120 clients_are_there
    submit
}

submit() {
    say "nsfl-ctl create job -w $(basename "$workspace")/ default"
    ctl create job -w "$workspace/" default
    ctl get job -w "$workspace/" default
}

clients_are_there() { [ "$(ctl get client default 2>/dev/null | grep -c '^c-')" -ge 2 ]; }

# field NAME: of the job's object, dots lead deeper; None while the API server is away
field() {
    ctl get job default "$job" -o json 2>/dev/null | python3 -c '
import json, sys
text = sys.stdin.read()
value = json.loads(text) if text.startswith("{") else {}
for name in sys.argv[1].split("."):
    value = (value or {}).get(name)
print(value)' "$1"
}

committed() { ctl describe job default "$job" 2>/dev/null | grep -c -i 'committed' || true; }

# A pod of each kind dies without warning, one after the other, while the job is at work; or so many pods of any kind, at any moment.
kill_pods() {
    local name number
    case "$kill_names" in
        none) ;;
        *[!0-9]*)
            for name in ${kill_names//,/ }; do
                kill_one "$name" || die "the job has finished before: give it more --rounds"
            done
            ;;
        *)
            RANDOM="${NSFL_GUIDE_SEED:=$RANDOM}"
            say "seed $NSFL_GUIDE_SEED"
            for ((number = 1; number <= kill_names; number++)); do
                sleep $((RANDOM % 15))
                kill_one "${victims[RANDOM % ${#victims[@]}]}" || die "the job has finished after $((number - 1)) of $kill_names: give it more --rounds"
            done
            ;;
    esac
}

victims=(coordinator executor proxy selector scheduler task-manager)

# kill_one NAME: false if the job has finished before
kill_one() {
    local label pod
    case "$1" in
        coordinator | executor) label=app.kubernetes.io/component=$1,nsfl.io/job=$job ;;
        selector) label=app=nsfl-client-selector ;;
        scheduler) label=app=nsfl-job-scheduler ;;
        proxy | task-manager | model-manager) label=app=nsfl-$1 ;;
        *) die "--kill: '$1' is none of ${victims[*]}, model-manager" ;;
    esac
    retry 300 at_work_with "$label"
    [ "$pod" != none ] || return 1
    say "killing $pod ($1), the job is $(field status.state) at $(field status.progress) %"
    kubectl delete --ignore-not-found "$pod" --grace-period=0 --force >/dev/null 2>&1 || die "$pod cannot be deleted"
}

# Leaves the victim in pod; none when the job has finished.
at_work_with() {
    local state
    state="$(field status.state)"
    pod=none
    case "$state" in
        FINISHED) return 0 ;;
        FAILED | STOPPED) die "the job is $state: $(field status.reason)" ;;
    esac
    pod="$(kubectl get pods -l "$1" --field-selector=status.phase=Running -o name | sort | sed -n "1p")"
    [ -n "$pod" ] && [ "$state" = RUNNING ]
}

await_job() {
    local until=$((SECONDS + ${NSFL_GUIDE_JOB_SECONDS:-1800})) state
    while :; do
        state="$(field status.state || true)"
        case "$state" in
            FINISHED) break ;;
            FAILED | STOPPED) ctl describe job default "$job" || true; die "the job is $state: $(field status.reason)" ;;
        esac
        [ "$SECONDS" -lt "$until" ] || { ctl describe job default "$job" || true; die "the job is still $state"; }
        sleep 3
    done
    ctl get job -w "$workspace/" default
    ctl describe job default "$job"
}

check_results() {
    local metrics
    metrics="$(find "$server_root/default/output" -name metrics.json -path "*fl_${job}_output_V*" | sort -V | tail -1)"
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
