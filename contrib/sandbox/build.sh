# Builds the extension beside its sources, as a developer does, and installs it into a stage: a
# folder that stands for the root of the file system, so the machine's PostgreSQL stays as it is.
# Needs place.sh and deps.sh.

# build_extension [MAKE-VARIABLE...]: objects made for another PostgreSQL, or with other flags, are
# not reused.
build_extension() {
  local stamp=build/built_for made_for
  cd "$CDP_ROOT"
  made_for="$("$PG_CONFIG" --version) $("$PG_CONFIG" --bindir) CROARING=${CROARING:-}"
  mkdir -p build
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" != "$made_for" ]; then build_make clean; fi
  printf '%s\n' "$made_for" >"$stamp"
  build_make -j"$(build_jobs)" "$@"
}

build_install() {
  cd "$CDP_ROOT"
  build_make install DESTDIR="$STAGE"
}

build_make() {
  make --no-print-directory PG_CONFIG="$PG_CONFIG" ${CROARING:+CROARING="$CROARING"} "$@"
}

build_jobs() { nproc 2>/dev/null || echo 2; }

# stage_configuration STAGE: prints the settings by which a server finds what lies in the stage:
# PostgreSQL 18 has a path for control files, Debian's builds before have extension_destdir.
stage_configuration() {
  local server
  server=$("$PG_CONFIG" --bindir)/postgres
  printf "dynamic_library_path = '%s:\$libdir'\n" "$1$("$PG_CONFIG" --pkglibdir)"
  if grep -qa extension_control_path "$server"; then
    printf "extension_control_path = '%s:\$system'\n" "$1$("$PG_CONFIG" --sharedir)"
  elif grep -qa extension_destdir "$server"; then
    printf "extension_destdir = '%s'\n" "$1"
  else
    die "$server can load extensions from its own folder only; use Debian's or PGDG's packages, or PostgreSQL 18"
  fi
}
