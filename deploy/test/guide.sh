#!/usr/bin/env bash
# Follows docs/cluster_deploy_zh.md step by step on a real cluster, trains MNIST with one client in cluster mode and one in a container, kills pods
# on the way, and checks what comes out. Everything it says begins with the guide's step.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
here="$root/deploy/test/guide"

usage() {
    cat <<TXT
Usage: guide.sh --address IP [OPTION VALUE]...

  --address IP        of a node: this machine, the containers it runs, and pods reach it
  --in COMMAND        prefix of every command that has to reach the cluster (kubectl, nsfl-ctl, containers)
  --registry R        of the images, as build_images.sh --registry pushed them (default: localhost); --tag T (default: latest)
  --load COMMAND      called with each image's name, where nodes get images without a registry
  --docker COMMAND    runs the single-host client (default: docker)
  --server-root DIR   the shared root (default: /mnt/neursafe_fl); --client-root DIR (default: /mnt/nsfl_client)
  --db HOST:PORT, --s3 URL
                      PostgreSQL and S3 storage that are there; their accounts are NSFL_GUIDE_DB_USER, NSFL_GUIDE_DB_PASSWORD,
                      NSFL_GUIDE_S3_USER, NSFL_GUIDE_S3_PASSWORD. Without these two options both are started here at --address
                      (programs postgres, minio and s3fs)
  --runtimes NAMES    what the client's image was built with (default: tensorflow); with pytorch a job of two workers follows, whose
                      scripts add up numbers over torch.distributed
  --rounds N          of the job (default: 5)
  --kill NAMES        whose pods are killed while the job runs (default: coordinator,executor,proxy,selector,scheduler), or none; task-manager
                      and model-manager too; or a number: so many pods at random moments (NSFL_GUIDE_SEED repeats a choice)
  --tls               with certificates of its own on every connection, and clients that must show theirs ("tls", client_auth need)
  --claims            with persistent volume claims in place of the nodes' directories ("claim")
  --work DIR          files of this run (default: a new directory below /tmp)
  --keep              leave everything running at the end
TXT
}
die() { printf 'guide.sh: %s\n' "$*" >&2; exit 1; }
step() { printf '\n== %s\n' "$*"; }
say() { printf '   %s\n' "$*"; }

address="" in="" registry=localhost tag=latest load="" docker=docker server_root=/mnt/neursafe_fl client_root=/mnt/nsfl_client db="" s3="" rounds=5
kill_names=coordinator,executor,proxy,selector,scheduler work="" keep="" tls="" claims="" runtimes=tensorflow
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --keep) keep=1; shift; continue ;;
        --tls) tls=1; shift; continue ;;
        --claims) claims=1; shift; continue ;;
    esac
    [ $# -ge 2 ] || die "$1 needs a value: --help tells which"
    case "$1" in
        --address) address="$2" ;; --in) in="$2" ;; --registry) registry="$2" ;; --tag) tag="$2" ;; --load) load="$2" ;; --docker) docker="$2" ;;
        --server-root) server_root="$2" ;; --client-root) client_root="$2" ;; --db) db="$2" ;; --runtimes) runtimes="$2" ;; --s3) s3="$2" ;; --rounds) rounds="$2" ;;
        --kill) kill_names="$2" ;; --work) work="$2" ;;
        *) die "'$1' is no option: --help lists them" ;;
    esac
    shift 2
done
[ -n "$address" ] || die "--address is needed: --help"
work="${work:-$(mktemp -d /tmp/nsfl-guide.XXXXXX)}"
mkdir -p "$work"
db_user="${NSFL_GUIDE_DB_USER:-neursafe}" db_password="${NSFL_GUIDE_DB_PASSWORD:-guide-database}"
s3_user="${NSFL_GUIDE_S3_USER:-neursafe}" s3_password="${NSFL_GUIDE_S3_PASSWORD:-guide-storage}"

# Commands that reach the cluster; words of --in are words of a command.
# shellcheck disable=SC2086
reach() { $in "$@"; }
kubectl() { reach kubectl "$@"; }

for script in services images client ingress job workers variants; do
    # shellcheck source=/dev/null
    . "$here/$script.sh"
done

finish() {
    local rc=$?
    if [ "$rc" != 0 ]; then
        step "failed; what the cluster says"
        kubectl get pods -A -o wide || true
        kubectl get events --sort-by=.lastTimestamp 2>/dev/null | tail -25 || true
        for pod in $(kubectl get pods -l app.kubernetes.io/part-of=nsfl -o name 2>/dev/null); do
            say "$pod"
            kubectl logs --tail=25 "$pod" --all-containers 2>&1 || true
        done
    fi
    if [ -z "$keep" ]; then
        cleanup || true
    fi
    exit "$rc"
}
trap finish EXIT

step "Prerequisites: database and storage"
start_services
step "Prerequisites: Secrets and tables"
make_secrets
make_tables
step "Images"
load_images
step "Shared directories"
make_directories
if [ -n "$tls" ]; then
    step "Certificates (tls)"
    make_certificates
fi
if [ -n "$claims" ]; then
    step "Volumes (claims)"
    make_claims
fi
step "Deployment files"
generate
step "Server side"
for component in job-scheduler model-manager selector proxy; do
    say "kubectl create -f $component.yaml"
    kubectl create -f "$work/output/$component.yaml"
done
wait_ready nsfl-job-scheduler nsfl-model-manager nsfl-client-selector nsfl-proxy
step "API server"
for file in ingress-nginx ingress-job-scheduler ingress-model-manager; do
    say "kubectl create -f $file.yaml"
    kubectl create -f "$work/output/$file.yaml"
done
serve_ingress
step "Task-manager on one host"
start_container
step "Task-manager on the cluster"
say "kubectl create -f task-manager.yaml"
kubectl create -f "$work/output/task-manager.yaml"
wait_ready nsfl-task-manager
step "Verification: nsfl-ctl"
configure_ctl
step "Verification: the job"
create_job
kill_pods
await_job
check_results
case ",$runtimes," in
    *,pytorch,*)
        step "A job of several workers"
        create_workers_job
        await_job
        check_workers
        ;;
esac
step "done: the guide works as written (files of this run: $work)"
