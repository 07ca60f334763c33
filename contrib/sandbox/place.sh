# The place where a run happens: the checkout, one private temporary folder, the unprivileged user
# of the server, and the trap that takes everything away again. To be sourced by bash, first of all.

# What any shell brings; the rest is ours (steps.sh hands it on).
SHELL_VARIABLES=" $(bash -c 'compgen -v' | tr '\n' ' ') "

set -u
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

CDP_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# A libpq variable of the caller (PGHOST, PGSERVICE, PGDATA ...) would lead us to another server.
for name in $(compgen -e PG); do
  case $name in PG_CONFIG | PGVERSION) ;; *) unset "$name" ;; esac
done
unset name

# The messages and the clock of a run must not depend on the caller's shell either.
unset CDPATH GREP_OPTIONS MAKEFLAGS MAKELEVEL TZ

die() {
  local folder=${0%/*}
  printf '%s/%s: %s\n' "${folder##*/}" "${0##*/}" "$*" >&2
  exit 1
}

# place_open: makes the temporary folder PLACE; everything in it is gone when the script ends.
place_open() {
  local base=${TMPDIR:-/tmp}
  # A socket's path has room for 107 bytes, and PGXS for no blank.
  if [ ${#base} -gt 60 ] || [[ $base = *[[:space:]]* ]]; then base=/tmp; fi
  PLACE=$(mktemp -d "$base/pg_cdp.XXXXXX") || die "no temporary folder could be made under $base"
  chmod 755 "$PLACE"
  trap place_close EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

# at_close COMMAND...: has COMMAND run when the script ends, the latest first.
PLACE_CLOSERS=()
at_close() { PLACE_CLOSERS=("$*" "${PLACE_CLOSERS[@]+"${PLACE_CLOSERS[@]}"}"); }

PLACE_KEEP=
place_close() {
  local status=$? closer
  trap '' HUP INT TERM
  trap - EXIT
  for closer in "${PLACE_CLOSERS[@]+"${PLACE_CLOSERS[@]}"}"; do $closer; done
  if [ -z "$PLACE_KEEP" ]; then rm -rf "$PLACE"; fi
  exit "$status"
}

# place_server_user: decides who runs the server, for initdb refuses root. Needs PostgreSQL's
# package installed, which brings the user.
place_server_user() {
  if [ "$(id -u)" != 0 ]; then
    SERVER_USER=$(id -un)
  elif id -u postgres >/dev/null 2>&1; then
    SERVER_USER=postgres
  else
    SERVER_USER=nobody
  fi
  mkdir -p "$PLACE/home"
  give_to_server "$PLACE/home"
}

# give_to_server PATH...: makes the server's user the owner.
give_to_server() {
  if [ "$(id -u)" = 0 ]; then chown -R "$SERVER_USER" "$@"; fi
}

# as_server FOLDER COMMAND...: runs COMMAND in FOLDER as the server's user, without the lock of the
# run (steps.sh), which a server that is kept would hold for ever.
as_server() {
  local folder=$1 switch=()
  shift
  if [ "$(id -u)" = 0 ]; then switch=(setpriv --reuid="$SERVER_USER" --regid="$(id -gn "$SERVER_USER")" --init-groups); fi
  (cd "$folder" && exec "${switch[@]+"${switch[@]}"}" env HOME="$PLACE/home" USER="$SERVER_USER" \
    LOGNAME="$SERVER_USER" "$@" </dev/null 9>&-)
}
