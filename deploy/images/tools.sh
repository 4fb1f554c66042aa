#!/usr/bin/env bash
# Installs from Debian what images are built and run with, where it is missing.
set -euo pipefail
PACKAGES=(podman runc netavark aardvark-dns catatonit iptables debootstrap ca-certificates)
for tool in podman runc catatonit iptables debootstrap; do
    PATH="$PATH:/usr/sbin:/usr/libexec/podman" command -v "$tool" >/dev/null || missing=yes
done
[ -n "${missing:-}" ] || exit 0
echo "Installing from Debian: ${PACKAGES[*]}"
sudo=$([ "$(id -u)" = 0 ] || command -v sudo) || {
    echo "Images cannot be built without them. As root: apt install ${PACKAGES[*]}" >&2
    exit 1
}
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" >/dev/null
