# Shared by the scripts of this folder: where things are, pinned installs, and that nothing outlives its script. Sourced, never run.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
e2e="$root/tests/e2e"
# Installs and what a run leaves behind; may be given, so that a machine keeps it from run to run.
cache="${E2E_CACHE:-$root/target/outside}"
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# Installs the pinned packages of one list – that of its name here, or another – into an environment of their own; again only when the
# list changes.
install() {
    local name="$1" venv="$cache/venv-$1" list="${2:-$e2e/requirements/$1.txt}"
    if ! cmp -s "$list" "$venv/.requirements"; then
        say "-- installing $name"
        "${PYTHON:-python3}" -m venv --clear "$venv"
        "$venv/bin/pip" install --quiet --requirement "$list"
        cp "$list" "$venv/.requirements"
    fi
}

# Starts a program of this script, which ends with it.
children=()
start() {
    local log="$1"
    shift
    "$@" >"$log" 2>&1 &
    children+=("$!")
}

# Ends what was started, politely first: by its id, never by its name.
end_children() {
    local pid
    for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${children[@]}"; do
        for _ in {1..300}; do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
    done
    children=()
}
trap end_children EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A port that is free now.
free_port() {
    "${PYTHON:-python3}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until a port of this machine is listened on, for as long as the program that is to listen runs.
await() {
    local port="$1" pid="$2"
    for _ in {1..300}; do
        if (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}
