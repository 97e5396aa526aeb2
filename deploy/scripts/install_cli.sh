#!/usr/bin/env bash
# Builds nsfl-ctl and installs it on this machine.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
prefix=/usr/local
[ -w "$prefix" ] || prefix="$HOME/.local"
usage() {
    cat <<TXT
Usage: install_cli.sh [--prefix DIRECTORY]

Installs PREFIX/bin/nsfl-ctl and PREFIX/lib/nsfl-ctl/ (its jars). PREFIX is /usr/local where that can be written, else ~/.local; now: $prefix.
A JDK 25 and Maven are needed to build, a Java 25 to run. Run it again to update; delete the two to uninstall.
TXT
}
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help) usage; exit 0 ;;
        --prefix=*) prefix="${1#*=}"; shift ;;
        --prefix) [ $# -ge 2 ] || { echo "install_cli.sh: --prefix needs a directory" >&2; exit 2; }; prefix="$2"; shift 2 ;;
        *) echo "install_cli.sh: '$1' is no option: --help lists them" >&2; exit 2 ;;
    esac
done

"$root/nsfl" build
library="$prefix/lib/nsfl-ctl"
mkdir -p "$prefix/bin" "$prefix/lib"
# Beside the old one first, so that a command never meets half an installation.
fresh="$(mktemp -d "$prefix/lib/.nsfl-ctl.XXXXXX")"
chmod 755 "$fresh"
cp "$root/nsfl-ctl/target/nsfl-ctl.jar" "$fresh/"
cp -r "$root/nsfl-ctl/target/app/lib" "$fresh/lib"
install -m 755 "$root/nsfl-ctl/src/main/launcher/nsfl-ctl" "$fresh/nsfl-ctl"
rm -rf "$library"
mv "$fresh" "$library"
ln -sfn ../lib/nsfl-ctl/nsfl-ctl "$prefix/bin/nsfl-ctl"
"$prefix/bin/nsfl-ctl" --version
case ":$PATH:" in *":$prefix/bin:"*) ;; *) echo "Installed to $prefix/bin, which is not on PATH: add it" ;; esac
