#!/bin/sh
# Shows what Troupe does, with a daemon of its own on a root of its own. Needs no root; leaves nothing.
# Usage: demo.sh BIN, where BIN holds trouped, troupe and troupe-run.
set -eu

bin=$(cd "${1:?usage: demo.sh DIRECTORY_OF_THE_PROGRAMS}" && pwd)
examples=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/troupe-demo.XXXXXX")
root=$work/root
daemon=
finished=

# The applications keep their users' data under the home directory.
HOME=$work/home
export HOME
mkdir -p "$root" "$HOME" "$work/snaps"

mounts_under_root() {
    awk -v root="$root/" 'index($2, root) == 1 { print $2 }' /proc/self/mounts
}

stop_daemon() {
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        tries=0
        while kill -0 "$daemon" 2>/dev/null && [ "$tries" -lt 100 ]; do
            tries=$((tries + 1))
            sleep 0.1
        done
        kill -9 "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
        daemon=
    fi
}

clean_up() {
    stop_daemon
    if [ -z "$finished" ] && [ -s "$work/trouped.log" ]; then
        printf '\nThe demo stopped early. The end of the daemon'"'"'s log:\n' >&2
        tail -n 20 "$work/trouped.log" >&2
    fi
    mounts_under_root | sort -r | while read -r place; do
        umount "$place" 2>/dev/null || fusermount -u "$place" 2>/dev/null || true
    done
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') faint=$(printf '\033[2m') plain=$(printf '\033[0m')
else
    bold= faint= plain=
fi

say() {
    printf '\n%s== %s ==%s\n' "$bold" "$*" "$plain"
}

troupe() {
    "$bin/troupe" --root "$root" "$@"
}

# Shows a command as a user would type it, then runs it.
try() {
    printf '%s$ %s%s\n' "$faint" "$*" "$plain"
    "$@"
}

fail() {
    printf 'demo: %s\n' "$*" >&2
    exit 1
}

cd "$work/snaps"

say "Pack three example snaps"
for snap in hello notes fussy; do
    printf '%s$ troupe pack docs/examples/%s%s\n' "$faint" "$snap" "$plain"
    troupe pack "$examples/$snap"
done

say "Start a private daemon"
"$bin/trouped" --root "$root" > "$work/trouped.log" 2>&1 &
daemon=$!
give_up=$(($(date +%s) + 10))
until timeout 5 "$bin/troupe" --root "$root" version > /dev/null 2>&1; do
    [ "$(date +%s)" -lt "$give_up" ] || fail "the daemon doesn't answer after 10 seconds"
    kill -0 "$daemon" 2>/dev/null || fail "the daemon has ended"
    sleep 0.1
done
try troupe version --verbose

say "Install: a transaction of small steps"
try troupe install --dangerous hello_1.0_all.snap notes_2.3_all.snap
try troupe list
try troupe info hello

say "Run applications, by the client or by their links in snap/bin"
try troupe run hello
printf '%s$ snap/bin/hello.shout to all%s\n' "$faint" "$plain"
"$root/snap/bin/hello.shout" to all
try troupe run notes "the first note"
try troupe run notes

say "A snap whose configure hook fails"
if try troupe install --dangerous fussy_0.1_all.snap; then
    fail "fussy has been installed although its configure hook fails"
fi

say "What the change did, and undid"
try troupe tasks --last=install

say "Nothing of it is left"
# The lock of its launchers stays while the host runs, since one may be just opening it.
left=$(find "$root" -name '*fussy*' -not -path "$root/snap/*/*/*" -not -path "$root/run/*.lock"; mounts_under_root | grep fussy || true)
[ -z "$left" ] || fail "left behind: $left"
echo "No file and no mount has \"fussy\" in its name."
try troupe list

say "Disable and enable"
try troupe disable hello
if try troupe run hello; then
    fail "a disabled snap has been started"
fi
try troupe enable hello
try troupe run hello again

say "Remove"
try troupe remove hello notes
try troupe list
try troupe changes
[ -z "$(mounts_under_root)" ] || fail "still mounted: $(mounts_under_root)"

say "Stop the daemon"
kill "$daemon"
wait "$daemon" || fail "the daemon ended with exit code $?"
daemon=
finished=yes
echo "It has ended; its root directory is removed too."
