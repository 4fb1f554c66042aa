#!/usr/bin/env bash
# Makes localhost/quartet-base from Debian's mirrors, where no registry can be reached: Debian 12 and its Python.
set -euo pipefail
NAME=localhost/quartet-base:bookworm
! podman image exists "$NAME" || exit 0
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
echo "Making $NAME with debootstrap"
debootstrap --variant=minbase --include=ca-certificates,python3 bookworm "$root" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }
rm -rf "$root.log" "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
    "$root"/usr/share/{doc,info,locale,man} "$root"/tmp/*
tar -C "$root" --one-file-system -c . | podman import --quiet --change 'CMD ["sh"]' - "$NAME" >/dev/null
