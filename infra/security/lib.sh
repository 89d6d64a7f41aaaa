# Shared by the scripts of this folder: where things are, and pinned installs. Sourced, never run.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# Absolute, for the scripts go elsewhere.
target="$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-$root/target}")"
# Where pinned tools are kept; may be given, so that a machine keeps them from run to run.
tools="$(realpath --canonicalize-missing "${SECURITY_TOOLS:-$target/tools}")"

say() { printf '%s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# Installs a subcommand of cargo in exactly this version, with the dependencies that it was released with; again only when the pin changes.
install() {
    local name="$1" version="$2" stamp="$tools/$1-$2"
    if [ -e "$stamp" ] && [ -x "$tools/bin/$name" ]; then return 0; fi
    say "-- installing $name $version (once, some minutes)"
    cargo install --quiet --locked --force --root "$tools" --version "$version" "$name" || fail "$name $version can't be installed"
    rm -f "$tools/$name"-[0-9]*
    touch "$stamp"
}
