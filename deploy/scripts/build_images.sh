#!/usr/bin/env bash
# Builds the images of all components and, where a registry is named, pushes them.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
docker_images="$root/deploy/docker-images"
stage="$root/target/images"
all_images=(nsfl-cli nsfl-client-cpu nsfl-coordinator nsfl-job-scheduler nsfl-selector nsfl-proxy nsfl-model-manager)

usage() {
    cat <<TXT
Usage: build_images.sh [OPTION VALUE]...      (--option=VALUE works too)

  -r, --registry R       push to this registry; images are named R/NAME:TAG
  -t, --tag T            tag of the images (default: latest)
  --http_proxy P, --https_proxy P, --no_proxy L
                         how the build reaches the internet
  --only NAMES           only these, separated by commas, of: ${all_images[*]} nsfl-client-gpu
  --runtimes NAMES       what client images train with besides DL4J: tensorflow,pytorch (default: both), or none
  --extender_packages NAMES
                         Debian packages that nsfl-coordinator has for jobs' extenders (default: python3,python3-numpy), or none: Java only
  --base_image I         Linux under all images, with apt (default: docker.io/library/debian:12-slim)
  --java_image I         Linux with a JDK 25 and JAVA_HOME, instead of --base_image and this machine's Java
  --cuda_image I         Linux with CUDA 11.6 under nsfl-client-gpu; without it the libraries come from Maven, above --base_image
  --pip_index U, --pip_extra_index U
                         package indexes; a CPU-only PyTorch comes from the extra index https://download.pytorch.org/whl/cpu
  --ca_certificates F    certificates (PEM) that the images trust besides the public ones, for a network that looks into TLS
  --builder B            docker, podman or buildah (default: the first that is there)
  --build_arg NAME=VALUE, --build_option OPTION
                         passed on to the builder; may be repeated

The layers hold the same bytes for the same sources, Java and packages (SOURCE_DATE_EPOCH sets their time).
TXT
}

die() { printf 'build_images.sh: %s\n' "$*" >&2; exit 1; }

registry="" tag=latest only="" runtimes="tensorflow,pytorch" extender_packages="python3,python3-numpy" builder="${BUILDER:-}" pip_index="" pip_extra_index="" ca_certificates=""
base_image="docker.io/library/debian:12-slim" java_image="" cuda_image=""
build_options=()
http_proxy_value="" https_proxy_value="" no_proxy_value=""
while [ $# -gt 0 ]; do
    option="$1"
    case "$option" in
        -h | --help | -help | help) usage; exit 0 ;;
        --*=* | -*=*) value="${option#*=}"; option="${option%%=*}"; shift ;;
        -*) [ $# -ge 2 ] || die "$option needs a value: --help tells which"; value="$2"; shift 2 ;;
        *) die "'$option' is no option: --help lists them" ;;
    esac
    case "${option#-}" in
        r | -registry | registry) registry="${value%/}" ;;
        t | -tag | tag) tag="$value" ;;
        -http_proxy | http_proxy) http_proxy_value="$value" ;;
        -https_proxy | https_proxy) https_proxy_value="$value" ;;
        -no_proxy | no_proxy) no_proxy_value="$value" ;;
        -only | only) only="$value" ;;
        -runtimes | runtimes) runtimes="$value" ;;
        -extender_packages | extender_packages) extender_packages="$value" ;;
        -base_image | base_image) base_image="$value" ;;
        -java_image | java_image) java_image="$value" ;;
        -cuda_image | cuda_image) cuda_image="$value" ;;
        -pip_index | pip_index) pip_index="$value" ;;
        -pip_extra_index | pip_extra_index) pip_extra_index="$value" ;;
        -ca_certificates | ca_certificates) ca_certificates="$value" ;;
        -builder | builder) builder="$value" ;;
        -build_arg | build_arg) build_options+=(--build-arg "$value") ;;
        -build_option | build_option) build_options+=("$value") ;;
        *) die "unknown option $option: --help lists them" ;;
    esac
done

[[ "$tag" =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || die "--tag $tag is no image tag: letters, digits, '_', '.', '-', at most 128"
registry="${registry#http://}"
registry="${registry#https://}"
[[ -z "$registry" || "$registry" =~ ^[A-Za-z0-9._-]+(:[0-9]+)?(/[a-z0-9._-]+)*$ ]] || die "--registry $registry is no registry: write host:port or host:port/path"
for runtime in ${runtimes//,/ }; do
    case "$runtime" in tensorflow | pytorch | none) ;; *) die "--runtimes: '$runtime' is none of tensorflow, pytorch, none" ;; esac
done
[ "$extender_packages" != none ] || extender_packages=""
[[ -z "$extender_packages" || "$extender_packages" =~ ^[a-z0-9][a-z0-9+.-]*(,[a-z0-9][a-z0-9+.-]*)*$ ]] \
    || die "--extender_packages $extender_packages are no names of Debian packages with commas between, and not 'none'"
[ -z "$ca_certificates" ] || [ -r "$ca_certificates" ] || die "--ca_certificates $ca_certificates cannot be read"
images=("${all_images[@]}")
if [ -n "$only" ]; then
    IFS=, read -r -a images <<<"$only"
    for image in "${images[@]}"; do
        case " ${all_images[*]} nsfl-client-gpu " in *" $image "*) ;; *) die "--only: there is no image '$image': ${all_images[*]} nsfl-client-gpu" ;; esac
    done
fi
if [ -z "$builder" ]; then
    for candidate in docker podman buildah; do
        command -v "$candidate" >/dev/null && { builder="$candidate"; break; }
    done
    [ -n "$builder" ] || die "none of docker, podman, buildah was found: install one"
fi
command -v "$builder" >/dev/null || die "--builder $builder was not found"
for pair in "http_proxy=$http_proxy_value" "https_proxy=$https_proxy_value" "no_proxy=$no_proxy_value"; do
    value="${pair#*=}"
    [ -z "$value" ] && continue
    name="${pair%%=*}"
    # apt wants the scheme that the guide leaves out.
    case "$pair" in no_proxy=* | *=*://*) ;; *) value="http://$value" ;; esac
    # Programs disagree about the case of these names.
    build_options+=(--build-arg "$name=$value" --build-arg "${name^^}=$value")
done

# The newest change of the sources, so that the same sources make the same bytes.
epoch="${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1767225600)}"
export SOURCE_DATE_EPOCH="$epoch"

# build NAME DOCKERFILE CONTEXT [--build-arg ...]: an image under its full name
build() {
    local name="$1" dockerfile="$2" context="$3"
    shift 3
    find "$context" -exec touch -h -d "@$epoch" {} +
    case "$builder" in
        docker) docker build -t "$name" -f "$dockerfile" "${build_options[@]}" --build-arg "SOURCE_DATE_EPOCH=$epoch" "$@" "$context" ;;
        podman) podman build -t "$name" -f "$dockerfile" --format docker --timestamp "$epoch" "${build_options[@]}" "$@" "$context" ;;
        buildah) buildah build -t "$name" -f "$dockerfile" --format docker --timestamp "$epoch" "${build_options[@]}" "$@" "$context" ;;
        *) die "--builder $builder: docker, podman or buildah" ;;
    esac
}

# An image that is on this machine alone: docker keeps no host in such a name; the others do, and take a short name for any image that ends so.
local_name() { case "$builder" in docker) printf '%s' "$1" ;; *) printf 'localhost/%s' "$1" ;; esac; }

full_name() {
    if [ -n "$registry" ]; then
        printf '%s/%s:%s' "$registry" "$1" "$tag"
    else
        local_name "$1:$tag"
    fi
}

# The compiler is for scripts and extenders that are Java sources. One runtime for all images is less to keep and to pull than one for each need;
# ct.sym (11 MB) serves javac's --release alone.
modules="java.se,jdk.unsupported,jdk.net,jdk.management,jdk.zipfs,jdk.crypto.ec,jdk.naming.dns,jdk.jfr,jdk.jcmd,jdk.attach,jdk.compiler"

# The Java runtime of a base: runtime DIRECTORY
runtime() {
    rm -rf "$1"
    "$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --generate-cds-archive \
        --exclude-files '/jdk.compiler/lib/ct.sym' --output "$1"
}

# base NAME LINUX [CUDA]: the image that others stand on; CUDA is a directory of NVIDIA's libraries
base() {
    local context="$stage/base"
    rm -rf "$context"
    mkdir -p "$context/files/bin" "$context/ca"
    [ -z "$ca_certificates" ] || cp "$ca_certificates" "$context/ca/site.crt"
    cp "$docker_images/prepare-directories" "$context/files/bin/"
    cp "$root/service-kit/src/main/launcher/access.options" "$context/files/"
    [ "$2" = "$java_image" ] || runtime "$context/files/java"
    if [ -n "${3:-}" ]; then
        mkdir -p "$context/files/cuda/lib"
        find "$3" -name 'lib*.so*' -exec cp -t "$context/files/cuda/lib" {} +
    fi
    build "$1" "$docker_images/nsfl-base/Dockerfile" "$context" --build-arg "BASE_IMAGE=$2"
}

main_class() {
    case "$1" in
        job-scheduler) echo io.nsfl.scheduler.SchedulerApplication ;;
        model-manager) echo io.nsfl.modelmanager.ModelManagerApplication ;;
        client-selector) echo io.nsfl.selector.SelectorApplication ;;
        proxy) echo io.nsfl.proxy.ProxyApplication ;;
        coordinator) echo io.nsfl.coordinator.CoordinatorApplication ;;
        task-manager) echo io.nsfl.taskmanager.TaskManagerApplication ;;
        executor) echo io.nsfl.executor.ExecutorApplication ;;
        nsfl-ctl) echo io.nsfl.ctl.CtlApplication ;;
    esac
}

# module MODULE CONTEXT [LIBRARIES]: its libraries below LIBRARIES (default: lib), its own code below own/
module() {
    local module="$1" context="$2" libraries="${3:-$2/lib}" jar name
    local own="$context/own/$module"
    mkdir -p "$libraries" "$own/lib" "$context/own/bin"
    for jar in "$root/$module/target/app/lib/"*.jar; do
        name="$(basename "$jar" .jar)"
        if [ -d "$root/${name%%-[0-9]*}/src" ]; then
            cp "$jar" "$own/lib/"
        else
            cp "$jar" "$libraries/"
        fi
    done
    cp "$root/$module/target/$module.jar" "$own/"
    main_class "$module" >"$own/main"
    if [ -f "$root/$module/src/main/launcher/java.options" ]; then
        cp "$root/$module/src/main/launcher/java.options" "$own/"
    else
        cp "$docker_images/java.options" "$own/"
    fi
    if [ -f "$root/$module/src/main/launcher/$module" ]; then
        cp "$root/$module/src/main/launcher/$module" "$context/own/bin/$module"
    else
        cp "$docker_images/launcher" "$context/own/bin/$module"
    fi
    chmod 755 "$context/own/bin/$module"
}

# context NAME: an empty directory to build from
context() {
    rm -rf "${stage:?}/$1"
    mkdir -p "$stage/$1"
    printf '%s' "$stage/$1"
}

# service IMAGE MODULE [PACKAGES]: with Debian packages, commas between
service() {
    local context
    context="$(context "$2")"
    module "$2" "$context"
    build "$(full_name "$1")" "$docker_images/nsfl-service/Dockerfile" "$context" --build-arg "BASE=$base" --build-arg "SERVICE=$2" \
        --build-arg "PACKAGES=${3:-}"
}

requirements() {
    local kind="$1" runtime
    for runtime in ${runtimes//,/ }; do
        case "$runtime-$kind" in
            tensorflow-cpu) printf 'tensorflow-cpu==2.21.*\ntf_keras==2.21.*\n' ;;
            tensorflow-gpu) printf 'tensorflow[and-cuda]==2.21.*\ntf_keras==2.21.*\n' ;;
            pytorch-*) printf 'torch\nnumpy\n' ;;
        esac
    done
    [ "$runtimes" = none ] || echo safetensors
}

# client NAME cpu|gpu BASE LIBRARIES: of the SDK for Java
client() {
    local context sdk
    context="$(context "client-$2")"
    mkdir -p "$context/lib/task-manager/lib" "$context/lib/executor/lib" "$context/sdk/java"
    module task-manager "$context" "$context/lib/task-manager/lib"
    module executor "$context" "$context/lib/executor/lib"
    cp "$docker_images/nsfl-client/nsfl-client" "$context/own/bin/"
    cp -r "$4" "$context/sdk/java/lib"
    cp "$root/sdk/java/target/sdk-java.jar" "$context/sdk/java/"
    mkdir -p "$context/sdk/python"
    (cd "$root/sdk/python" && find neursafe_fl -name __pycache__ -prune -o -type f -print0 | xargs -0 cp --parents -t "$context/sdk/python")
    requirements "$2" >"$context/requirements.txt"
    sdk=()
    [ -z "$pip_index" ] || sdk+=(--build-arg "PIP_INDEX_URL=$pip_index")
    [ -z "$pip_extra_index" ] || sdk+=(--build-arg "PIP_EXTRA_INDEX_URL=$pip_extra_index")
    build "$(full_name "$1")" "$docker_images/nsfl-client/Dockerfile" "$context" --build-arg "BASE=$3" "${sdk[@]}"
}

one() {
    local context
    case "$1" in
        nsfl-cli)
            context="$(context nsfl-ctl)"
            module nsfl-ctl "$context"
            cp "$docker_images/nsfl-cli/nsfl-cli" "$context/own/bin/"
            build "$(full_name nsfl-cli)" "$docker_images/nsfl-cli/Dockerfile" "$context" --build-arg "BASE=$base"
            ;;
        nsfl-client-cpu) client "$1" cpu "$base" "$root/sdk/java/target/app/lib" ;;
        nsfl-client-gpu)
            local cuda="$root/sdk/java/target/cuda" runtime="" base
            base="$(local_name nsfl-base-cuda:latest)"
            "$root/nsfl" maven -q -Pcuda -pl sdk/java dependency:copy-dependencies@cuda
            if [ -z "$cuda_image" ]; then
                runtime="$cuda/runtime"
                "$root/nsfl" maven -q -Pcuda -pl sdk/java dependency:unpack@cuda-runtime
            fi
            base "$base" "${cuda_image:-${java_image:-$base_image}}" "$runtime"
            client "$1" gpu "$base" "$cuda/lib"
            ;;
        nsfl-selector) service "$1" client-selector ;;
        nsfl-proxy)
            context="$(context proxy)"
            module proxy "$context"
            build "$(full_name nsfl-proxy)" "$docker_images/nsfl-proxy/Dockerfile" "$context" --build-arg "BASE=$base"
            ;;
        nsfl-coordinator) service "$1" coordinator "$extender_packages" ;;
        *) service "$1" "${1#nsfl-}" ;;
    esac
}

"$root/nsfl" build
JAVA_HOME="$("$root/nsfl" jdk)"
base="$(local_name nsfl-base:latest)"
echo "------------Build nsfl-base----------------"
base "$base" "${java_image:-$base_image}"
for image in "${images[@]}"; do
    echo "------------Build $image----------------"
    one "$image"
    if [ -n "$registry" ]; then
        echo "------------Push $image----------------"
        "$builder" push "$(full_name "$image")" \
            || die "$(full_name "$image") is built, but $registry does not take it (its reason stands above): is it reached, by https or listed as insecure, and is '$builder login $registry' done?"
    fi
done
echo "--------Build or push ${images[*]} Successfully-------"
