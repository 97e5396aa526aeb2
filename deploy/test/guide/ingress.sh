# The API server. Where the public controller's image cannot be pulled, a local nginx serves the rules of the two Ingress objects behind the
# controller's own Service, so that everything else stays as the guide says.

serve_ingress() {
    local until=$((SECONDS + ${NSFL_GUIDE_INGRESS_SECONDS:-60})) state
    while [ "$SECONDS" -lt "$until" ]; do
        if kubectl -n ingress-nginx rollout status deployment/ingress-nginx-controller --timeout=5s >/dev/null 2>&1; then
            say "the controller runs"
            return
        fi
        state="$(kubectl -n ingress-nginx get pods -o jsonpath='{.items[*].status.containerStatuses[*].state.waiting.reason}')"
        case "$state" in *ImagePullBackOff* | *ErrImagePull*) break ;; esac
    done
    say "the public controller's image cannot be pulled here: a local nginx serves the rules of the Ingress objects in its place"
    kubectl get ingress -o json | python3 "$here/ingress.py" >"$work/ingress-nginx.conf"
    kubectl -n ingress-nginx create configmap stand-in --from-file=nginx.conf="$work/ingress-nginx.conf"
    if [ -n "$tls" ]; then
        kubectl -n ingress-nginx create secret generic stand-in --from-file="$work/tls/services/tls.crt" --from-file="$work/tls/services/tls.key"
    fi
    kubectl -n ingress-nginx get service ingress-nginx-controller -o json | python3 "$here/stand_in.py" "$registry/nsfl-proxy:$tag" "${tls:+stand-in}" >"$work/stand-in.json"
    kubectl create -f "$work/stand-in.json"
    kubectl -n ingress-nginx wait --for=condition=Ready pod/stand-in --timeout=120s
}
