#!/usr/bin/env bash
# fresh-machine.sh [CHECKOUT]: whether the README's two commands work on a machine that has nothing.
#
# Makes a minimal Debian 12 in a temporary folder, with this machine's Rust, make and git and nothing else, clones what CHECKOUT (default: this
# one) has committed, runs `make demo` until the demo answers and `make test` to its end, tells how long each took, and removes what it made.
# Needs root, debootstrap, 15 GB in $TMPDIR (/var/tmp) and the network. FRESH_DEMO_SECONDS (3600) and FRESH_TEST_SECONDS (10800) are the limits;
# FRESH_STEPS ("demo test") says what is run, FRESH_TESTS which tests ("": all), FRESH_MIRROR where Debian comes from.
set -euo pipefail

die() { echo "fresh-machine: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || die "only root can make a machine"
for tool in debootstrap unshare chroot git rustc; do
    command -v "$tool" > /dev/null || die "missing: $tool"
done
checkout=$(cd "${1:-$(dirname "$0")/..}" && git rev-parse --show-toplevel)
rust=$(rustc --print sysroot)
mirror=${FRESH_MIRROR:-http://deb.debian.org/debian}
steps=" ${FRESH_STEPS:-demo test} "
port=8069

machine=$(mktemp -d -p "${TMPDIR:-/var/tmp}" fresh-machine.XXXXXX)
demo=
stop_demo() {
    [ -z "$demo" ] || { kill -KILL "$demo"; wait "$demo"; } 2> /dev/null || true
    demo=
}
# What was mounted was so for the commands inside only, and ended with them.
trap 'stop_demo; rm -rf --one-file-system "$machine"' EXIT
trap 'exit 130' INT TERM

chmod 755 "$machine"
echo "== Debian 12 in $machine"
debootstrap --variant=minbase --include=make,git bookworm "$machine" "$mirror" > "$machine.log" 2>&1 || { tail -5 "$machine.log"; die "no Debian"; }
rm "$machine.log"
printf 'deb %s %s main\n' "$mirror" bookworm "$mirror" bookworm-updates > "$machine/etc/apt/sources.list"
cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$machine/etc/certificates.crt"
mkdir "$machine/opt/rust"
git clone --quiet --no-hardlinks "$checkout" "$machine/srv/lastmile"
echo "   $(git -C "$checkout" log -1 --format='%h %s'), $(rustc --version)"

# Becomes a command in the machine: processes and mounts of its own, which end with it.
# shellcheck disable=SC2016
inside() {
    exec unshare --mount --pid --fork --kill-child bash -c '
        machine=$1 rust=$2; shift 2
        mount -t proc proc "$machine/proc" && mount --rbind /dev "$machine/dev" && mount -t tmpfs shm "$machine/dev/shm" || exit 1
        mount --bind "$rust" "$machine/opt/rust" && mount -o remount,bind,ro "$machine/opt/rust" || exit 1
        exec chroot "$machine" env -i HOME=/root USER=root LANG=C.UTF-8 PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            SSL_CERT_FILE=/etc/certificates.crt CARGO_HTTP_CAINFO=/etc/certificates.crt PIP_CERT=/etc/certificates.crt \
            NODE_EXTRA_CA_CERTS=/etc/certificates.crt bash -c "cd /srv/lastmile && exec \"\$@\"" fresh "$@"
    ' inside "$machine" "$rust" "$@"
}

# ask PATH [JSON]: what the demo answers.
ask() {
    (
        exec 3<> "/dev/tcp/127.0.0.1/$port" || exit 1
        printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
            "$([ $# = 1 ] && echo GET || echo POST)" "$1" "$(printf %s "${2:-}" | wc -c)" "${2:-}" >&3
        timeout 20 cat <&3
    ) 2> /dev/null
}

object() { printf '{"params": {"service": "object", "method": "execute_kw", "args": ["lastmile", 2, "admin", %s]}}' "$1"; }

run_demo() {
    local start=$SECONDS
    # Two machines with one network share its ports.
    while (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do port=$((port + 1)); done
    [ "$port" = 8069 ] || echo "http_port = $port" > "$machine/srv/lastmile/lastmile.toml"
    inside make demo > "$machine/demo.log" 2>&1 &
    demo=$!
    until ask /healthz | grep -q '"pass"'; do
        kill -0 "$demo" 2> /dev/null || { tail -30 "$machine/demo.log"; die "make demo ended"; }
        [ $((SECONDS - start)) -lt "${FRESH_DEMO_SECONDS:-3600}" ] || { tail -30 "$machine/demo.log"; die "make demo does not answer"; }
        sleep 1
    done
    ask /jsonrpc "$(object '"isp.subscription", "search_count", [[["state", "=", "active"]]]')" | grep -qE '"result": [1-9]' \
        || die "the demo has no active subscriptions for admin / admin"
    ask /web/login | grep -q 'name="password"' || die "the demo shows no login form"
    echo "== make demo: answers after $((SECONDS - start)) s"
    stop_demo
    rm -f "$machine/srv/lastmile/lastmile.toml"
}

run_test() {
    local start=$SECONDS outcome=0
    (inside timeout "${FRESH_TEST_SECONDS:-10800}" make test TESTS="${FRESH_TESTS:-}" > "$machine/test.log" 2>&1) || outcome=$?
    grep -E '^test result|^ +Summary|FAILED|^error' "$machine/test.log" | sort | uniq -c | sort -rn | head -60 || true
    echo "== make test: $((SECONDS - start)) s"
    [ "$outcome" = 0 ] && return
    grep -A 30 'panicked at' "$machine/test.log" | grep -vE '^ +([0-9]+:|at )' | head -300
    tail -20 "$machine/test.log"
    die "make test ended with $outcome"
}

case $steps in *" demo "*) run_demo ;; esac
case $steps in *" test "*) run_test ;; esac
