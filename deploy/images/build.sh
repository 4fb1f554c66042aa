#!/usr/bin/env bash
# Builds images with podman: build.sh SERVICE…; PREFIX, TAG and BASE say their names and what they stand on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PREFIX=${PREFIX:-localhost/quartet-}
TAG=${TAG:-$(git describe --tags --always 2>/dev/null || echo 0.0.0)}
REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)
arguments=(--build-arg "VERSION=$TAG" --build-arg "REVISION=$REVISION")
[ -z "${BASE:-}" ] || arguments+=(--build-arg "BASE=$BASE")
# What this machine trusts, the builders trust: companies look into TLS.
bundle=/etc/ssl/certs/ca-certificates.crt
[ ! -f "$bundle" ] || arguments+=(--volume "$bundle:$bundle:ro")
for service in "$@"; do
    echo "Building $PREFIX$service:$TAG"
    podman build --quiet --layers --isolation chroot --network host --format oci "${arguments[@]}" \
        --build-arg "SERVICE=$service" --tag "$PREFIX$service:$TAG" --file deploy/Dockerfile . >/dev/null
done
