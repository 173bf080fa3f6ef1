#!/usr/bin/env bash
# Checks ten of the lesson's claims as one would by hand: one after the other, with
# the docker CLI and an image that has a shell. Each claim is checked in the same
# cases as by the suite's specs with its label.
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
		docker rm "$name-writer" >/dev/null && ! docker inspect "$name-writer" >/dev/null 2>&1 &&
		docker volume inspect "$name-data" >/dev/null &&
		[ "$(run -v "$name-data:/data" "$image" cat /data/file)" = kept ]
}
claim volumes/survives-container-deletion survives

specific() {
	volume "$name-one" && volume "$name-two" && [ "$(docker volume rm "$name-one")" = "$name-one" ] &&
		! docker volume inspect "$name-one" >/dev/null 2>&1 && docker volume inspect "$name-two" >/dev/null
}
claim volumes/rm-removes-a-specific-one specific

refused() { docker volume rm "$1" 2>&1 | grep -q 'volume is in use'; }

in_use() {
	volume "$name-used" && docker create --init --label "$label" --name "$name-user" -v "$name-used:/data" "$image" sleep infinity >/dev/null &&
		refused "$name-used" && docker start "$name-user" >/dev/null &&
		docker exec "$name-user" sh -c 'echo kept > /data/file' && refused "$name-used" &&
		[ "$(docker exec "$name-user" cat /data/file)" = kept ] &&
		docker stop "$name-user" >/dev/null && refused "$name-used" &&
		docker rm "$name-user" >/dev/null && docker volume rm "$name-used" >/dev/null && ! docker volume inspect "$name-used" >/dev/null 2>&1
}
one_of_two() {
	volume "$name-shared" && docker create --label "$label" --name "$name-first-user" -v "$name-shared:/data" "$image" >/dev/null &&
		docker create --label "$label" --name "$name-second-user" -v "$name-shared:/elsewhere:ro" "$image" >/dev/null &&
		docker rm "$name-first-user" >/dev/null && refused "$name-shared" &&
		docker rm "$name-second-user" >/dev/null && docker volume rm "$name-shared" >/dev/null
}
only_without() { in_use && one_of_two; }
claim volumes/rm-only-without-containers only_without

prune() {
	local unnamed kept
	volume "$name-unused" && volume "$name-created" && volume "$name-running" && volume "$name-ended" &&
		unnamed=$(docker volume create --label "$label") &&
		docker create --label "$label" --name "$name-creature" -v "$name-created:/data" -v "$unnamed:/unnamed" "$image" >/dev/null &&
		hold --name "$name-keeper" -v "$name-running:/data" && docker exec "$name-keeper" sh -c 'echo kept > /data/file' &&
		docker run --label "$label" --name "$name-ender" -v "$name-ended:/data" "$image" ls /data &&
		docker volume prune --all --force --filter "label=$label" >/dev/null || return
	kept=$(docker volume ls -q --filter "label=$label")
	[[ $kept != *"$name-unused"* && $kept == *"$name-created"* && $kept == *"$name-running"* && $kept == *"$name-ended"* && $kept == *"$unnamed"* ]] &&
		[ "$(docker exec "$name-keeper" cat /data/file)" = kept ] &&
		docker rm -f -v "$name-creature" "$name-keeper" "$name-ender" >/dev/null
}
claim volumes/prune-keeps-used prune

driver() {
	volume "$name-driver" && volume "$name-other" &&
		[ "$(docker volume inspect --format '{{.Name}} {{.Driver}} {{.Scope}}' "$name-driver")" = "$name-driver local local" ] &&
		[ "$(docker volume inspect --format '{{.Name}}' "$name-other")" = "$name-other" ]
}
claim volumes/inspect-driver driver

host_file() { echo 'from the host' >"$dir/file" && [ "$(run -v "$dir:/data" "$image" cat /data/file)" = 'from the host' ]; }
claim binds/host-file-exists-inside host_file

change() {
	[ "$(run -v "$dir:/data" "$image" cat /data/file)" = 'from the host' ] && echo changed >"$dir/file" &&
		[ "$(run -v "$dir:/data" "$image" cat /data/file)" = changed ]
}
claim binds/new-container-sees-the-change change

read_only() {
	local deed
	hold --name "$name-ro" -v "$dir/file:/config:ro" && [ "$(docker exec "$name-ro" cat /config)" = changed ] || return
	for deed in 'echo x > /config' 'echo x 1<> /config' 'echo x >> /config' 'truncate -s 0 /config' 'chmod 600 /config'; do
		docker exec "$name-ro" sh -c "$deed" 2>&1 | grep -q 'Read-only file system' || return
	done
	for deed in 'rm -f /config' 'mv /config /moved' 'mv -f /etc/hostname /config'; do
		docker exec "$name-ro" sh -c "$deed" 2>&1 | grep -q 'Device or resource busy' || return
	done
	[ "$(docker exec "$name-ro" cat /config)" = changed ] && [ "$(cat "$dir/file")" = changed ] && docker rm -f "$name-ro" >/dev/null
}
claim binds/can-read-but-not-write read_only

too_much() {
	local said
	said=$(run --tmpfs /small:size=1m --tmpfs /large "$image" sh -c 'exec 2>&1
		head -c 1048577 /dev/zero > /large/file && head -c 1048576 /dev/zero > /small/file &&
		! head -c 1 /dev/zero >> /small/file && ! head -c 1048577 /dev/zero > /small/file && wc -c < /small/file')
	[[ $said == *'No space left on device'*'No space left on device'*1048576 ]]
}
claim tmpfs/more-than-1mb-fails too_much

exit $wrong
