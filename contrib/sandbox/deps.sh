# What a bare Debian machine lacks: found by trying each tool, installed by apt-get, and only then.
# Needs place.sh.

# deps_ensure checks|build|test: afterwards everything that it needs is there, and PG_CONFIG set.
deps_ensure() {
  local wanted=$1 missing
  deps_choose_postgres
  mapfile -t missing < <(deps_missing "$wanted")
  if [ ${#missing[@]} -gt 0 ]; then
    deps_open_apt "${missing[@]}"
    # Fresh lists may know another version of PostgreSQL.
    deps_choose_postgres
    mapfile -t missing < <(deps_missing "$wanted")
    deps_install "${missing[@]}"
    mapfile -t missing < <(deps_missing "$wanted")
    [ ${#missing[@]} = 0 ] || die "still not usable after installation: ${missing[*]}"
  fi
  export PG_CONFIG
}

# deps_choose_postgres: sets PG_CONFIG and PGVERSION. An explicit PG_CONFIG wins, then PGVERSION,
# then the first complete installation, then the first version that apt offers.
DEPS_ASKED_PG_CONFIG=${PG_CONFIG:-}
DEPS_ASKED_PGVERSION=${PGVERSION:-}

deps_choose_postgres() {
  local version
  if [ -n "$DEPS_ASKED_PG_CONFIG" ]; then
    PG_CONFIG=$(command -v "$DEPS_ASKED_PG_CONFIG") ||
      die "PG_CONFIG names no program: $DEPS_ASKED_PG_CONFIG"
    deps_has_postgres "$PG_CONFIG" || die "$PG_CONFIG is of no installation with server and headers"
    PGVERSION=$("$PG_CONFIG" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
    return
  fi
  if [ -n "$DEPS_ASKED_PGVERSION" ]; then
    PGVERSION=$DEPS_ASKED_PGVERSION
  else
    PGVERSION=
    for version in 15 18 17 16; do
      if deps_has_postgres "/usr/lib/postgresql/$version/bin/pg_config"; then
        PGVERSION=$version
        break
      fi
    done
    for version in 15 17 18 16; do
      if [ -z "$PGVERSION" ] && apt-cache show "postgresql-server-dev-$version" >/dev/null 2>&1; then
        PGVERSION=$version
      fi
    done
    PGVERSION=${PGVERSION:-15}
  fi
  PG_CONFIG=/usr/lib/postgresql/$PGVERSION/bin/pg_config
}

# deps_has_postgres PG_CONFIG: true when the server, its headers and its PGXS are there.
deps_has_postgres() {
  [ -x "$1" ] && [ -x "$("$1" --bindir)/initdb" ] && [ -x "$("$1" --bindir)/postgres" ] &&
    [ -f "$("$1" --includedir-server)/postgres.h" ] && [ -f "$("$1" --pgxs)" ]
}

# deps_missing checks|build|test: prints the Debian packages to install, one a line.
deps_missing() {
  # A bare machine has no more than perl-base.
  perl -MFindBin -MFile::Find -e 1 2>/dev/null || echo perl
  [ "$1" = checks ] || deps_missing_for_build
  [ "$1" != test ] || deps_missing_for_tests
}

deps_missing_for_build() {
  echo 'int main() { return [](auto... n) { return (n + ...); }(1, -1); }' |
    g++ -std=c++20 -x c++ -fsyntax-only - 2>/dev/null || echo g++
  command -v make >/dev/null || echo make
  if ! deps_has_postgres "$PG_CONFIG"; then
    printf '%s\n' "postgresql-$PGVERSION" "postgresql-server-dev-$PGVERSION"
  fi
  if deps_lacks_croaring && ! command -v npm >/dev/null; then
    printf '%s\n' npm ca-certificates
  fi
}

deps_missing_for_tests() {
  command -v cmake >/dev/null || echo cmake
  command -v ccache >/dev/null || echo ccache
  echo '#include <gtest/gtest.h>' | g++ -std=c++20 -x c++ -fsyntax-only - 2>/dev/null ||
    echo libgtest-dev
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    clang++ -x c++ -fsanitize=fuzzer,address -o /dev/null - 2>/dev/null ||
    printf '%s\n' clang libclang-rt-dev
  perl -MIPC::Run -e 1 2>/dev/null || echo libipc-run-perl
  # The release tarball is packed from the history; what came without one cannot be packed.
  if [ -e "$CDP_ROOT/.git" ] && ! command -v git >/dev/null; then echo git; fi
}

# deps_lacks_croaring: true when CRoaring's source must still be fetched (contrib/croaring/fetch).
deps_lacks_croaring() {
  [ -z "${CROARING:-}" ] && [ ! -s "$CDP_ROOT/build/croaring/roaring.c" ] &&
    [ ! -s "$CDP_ROOT/contrib/croaring/source/roaring.c" ]
}

# deps_open_apt PACKAGE...: becomes able to install, as root or by sudo, and refreshes the lists.
deps_open_apt() {
  command -v apt-get >/dev/null || die "no apt-get on this machine; needed (Debian's names): $*"
  DEPS_APT=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=600
    -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
  DEPS_ROOT=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
      DEPS_ROOT=(sudo -n)
    else
      die "neither root nor sudo; as root, run: apt-get update && apt-get install --no-install-recommends -y $*"
    fi
  fi
  deps_retry update || die "apt-get update failed"
}

# deps_install PACKAGE...: without the recommended ones, for a server machine gets no more than it needs.
deps_install() {
  printf 'installing: %s\n' "$*"
  deps_forbid_system_cluster
  deps_retry install --no-install-recommends "$@" || die "apt-get install failed for: $*"
  deps_allow_system_cluster
}

# deps_as_root COMMAND...
deps_as_root() { "${DEPS_ROOT[@]+"${DEPS_ROOT[@]}"}" "$@"; }

# deps_retry APT-ARGUMENT...: several times, for mirrors fail and other apt runs hold the lists' lock,
# for which apt-get update does not wait by itself. The output is shown when all tries have failed.
deps_retry() {
  local try
  for try in 1 2 3 4 5 6; do
    if deps_as_root "${DEPS_APT[@]}" "$@" >"$PLACE/apt.log" 2>&1 </dev/null; then return 0; fi
    printf 'apt-get failed (try %d of 6): %s\n' "$try" "$(grep '^E:' "$PLACE/apt.log" | head -n 1)"
    if [ "$try" != 6 ]; then sleep $((try * 5)); fi
  done
  cat "$PLACE/apt.log" >&2
  return 1
}

# Debian's server package makes and starts a cluster on port 5432 when it is installed. Nobody asked
# us for one: a drop-in of postgresql-common forbids it for the moment.
DEPS_DROP_IN=/etc/postgresql-common/createcluster.d/zz_pg_cdp_sandbox.conf

deps_forbid_system_cluster() {
  if [ -d /etc/postgresql-common/createcluster.d ]; then DEPS_DROP_IN_FOLDER=; else DEPS_DROP_IN_FOLDER=1; fi
  at_close deps_allow_system_cluster
  deps_as_root sh -c \
    "mkdir -p '${DEPS_DROP_IN%/*}' && echo 'create_main_cluster = false' > '$DEPS_DROP_IN'"
}

deps_allow_system_cluster() {
  deps_as_root rm -f "$DEPS_DROP_IN"
  if [ -n "$DEPS_DROP_IN_FOLDER" ]; then
    deps_as_root rmdir --ignore-fail-on-non-empty "${DEPS_DROP_IN%/*}" 2>/dev/null
  fi
  return 0
}
