#!/usr/bin/env bash
# Ten of the lesson's claims, as one would check them by hand: one after the
# other, with the docker CLI and an image that has a shell.
set -u

image=${1:-python:3.12-slim}
name=ten-claims-$$
label=ten-claims=$$
dir=$(mktemp -d "${2:-$PWD}/ten-claims.XXXXXX")
wrong=0

cleanup() {
	docker ps -aq --filter "label=$label" | xargs -r docker rm -f -v >/dev/null
	docker volume ls -q --filter "label=$label" | xargs -r docker volume rm >/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT

run() { docker run --rm --label "$label" "$@"; }
hold() { docker run -d --init --label "$label" "$@" "$image" sleep infinity >/dev/null; }
volume() { docker volume create --label "$label" "$1" >/dev/null; }
claim() { # claim ID COMMAND...: the command succeeds
	local id=$1
	shift
	if "$@"; then echo "holds         $id"; else
		echo "contradicted  $id"
		wrong=1
	fi
}

data_gone() {
	docker run --label "$label" --name "$name-first" "$image" sh -c 'echo first > /log.txt' &&
		docker rm "$name-first" >/dev/null && ! run "$image" cat /log.txt 2>/dev/null
}
claim ephemeral/first-containers-data-gone data_gone

survives() {
	volume "$name-data" &&
		docker run --label "$label" --name "$name-writer" -v "$name-data:/data" "$image" sh -c 'echo kept > /data/file' &&
		docker rm "$name-writer" >/dev/null &&
		[ "$(run -v "$name-data:/data" "$image" cat /data/file)" = kept ]
}
claim volumes/survives-container-deletion survives

specific() {
	volume "$name-one" && volume "$name-two" && [ "$(docker volume rm "$name-one")" = "$name-one" ] &&
		! docker volume inspect "$name-one" >/dev/null 2>&1 && docker volume inspect "$name-two" >/dev/null
}
claim volumes/rm-removes-a-specific-one specific

in_use() {
	hold --name "$name-user" -v "$name-two:/data" && ! docker volume rm "$name-two" 2>/dev/null &&
		docker stop "$name-user" >/dev/null && ! docker volume rm "$name-two" 2>/dev/null &&
		docker rm "$name-user" >/dev/null && docker volume rm "$name-two" >/dev/null
}
claim volumes/rm-only-without-containers in_use

prune() {
	volume "$name-used" && volume "$name-unused" && hold --name "$name-keeper" -v "$name-used:/data" &&
		docker exec "$name-keeper" sh -c 'echo kept > /data/file' &&
		docker volume prune --all --force --filter "label=$label" >/dev/null &&
		[ "$(docker exec "$name-keeper" cat /data/file)" = kept ] && docker rm -f "$name-keeper" >/dev/null &&
		[ "$(run -v "$name-used:/data" "$image" cat /data/file)" = kept ] &&
		! docker volume inspect "$name-unused" >/dev/null 2>&1
}
claim volumes/prune-keeps-used prune

driver() { volume "$name-driver" && [ "$(docker volume inspect --format '{{.Driver}}' "$name-driver")" = local ]; }
claim volumes/inspect-driver driver

host_file() { echo 'from the host' >"$dir/file" && [ "$(run -v "$dir:/data" "$image" cat /data/file)" = 'from the host' ]; }
claim binds/host-file-exists-inside host_file

change() {
	[ "$(run -v "$dir:/data" "$image" cat /data/file)" = 'from the host' ] && echo changed >"$dir/file" &&
		[ "$(run -v "$dir:/data" "$image" cat /data/file)" = changed ]
}
claim binds/new-container-sees-the-change change

read_only() {
	hold --name "$name-ro" -v "$dir/file:/config:ro" && [ "$(docker exec "$name-ro" cat /config)" = changed ] &&
		docker exec "$name-ro" sh -c 'echo x > /config' 2>&1 | grep -q 'Read-only file system' &&
		docker exec "$name-ro" rm -f /config 2>&1 | grep -q 'Device or resource busy' &&
		[ "$(cat "$dir/file")" = changed ] && docker rm -f "$name-ro" >/dev/null
}
claim binds/can-read-but-not-write read_only

too_much() {
	local said
	said=$(run --tmpfs /small:size=1m "$image" sh -c 'head -c 1048577 /dev/zero > /small/file; wc -c < /small/file' 2>&1)
	[[ $said == *'No space left on device'* && $said == *1048576* ]]
}
claim tmpfs/more-than-1mb-fails too_much

exit $wrong
