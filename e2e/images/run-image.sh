#!/bin/sh
# Runs a program of the mesh from its image: `run-image.sh <program> [argument…]`, as strictly as a
# cluster would, with what the environment tells it. It shares the network of the machine, and the
# flags are those that hold inside another container, too.
set -eu

# crun refuses a machine that has both kinds of cgroups, and needs neither: it is not shown the second.
second=/sys/fs/cgroup/unified
if [ -n "$(cat "$second/cgroup.controllers" 2>/dev/null)" ]; then
  exec unshare --mount --propagation private sh -c 'umount "$1"; shift; exec "$@"' sh "$second" "$0" "$@"
fi

program=$1
shift
variables=$(env | sed -nE 's/^([A-Z]+(_[A-Z0-9]+)+)=.*/--env=\1/p' | grep -vE '^--env=(LC|MESH|NODE)_' || true)
# Only its owner may read the key, and that is the user of the image.
if [ -n "${AUTH_SIGNING_KEY_FILES:-}" ]; then
  chown 1000:1000 "$AUTH_SIGNING_KEY_FILES"
  variables="$variables --volume=$AUTH_SIGNING_KEY_FILES:$AUTH_SIGNING_KEY_FILES:ro"
fi

# shellcheck disable=SC2086
exec podman run --rm --log-driver=none --network=host \
  --read-only --read-only-tmpfs=false --cap-drop=ALL --security-opt=no-new-privileges \
  --cgroups=disabled --ulimit=memlock=8388608:8388608 --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 \
  $variables --env=OPS_HOST=127.0.0.1 --env=EDGE_HOST=127.0.0.1 --env=GATEWAY_HOST=127.0.0.1 \
  ${MESH_IMAGE_ENTRYPOINT:+"--entrypoint=$MESH_IMAGE_ENTRYPOINT"} \
  "localhost/meshboard/$program:test" "$@"
