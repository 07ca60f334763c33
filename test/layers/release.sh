# Layers that try what users get: the demo, and the tarball of a release.

layer_demo() {
  step "demo, ${CDP_DEMO_PEOPLE:-3000} people" run_demo
}

run_demo() {
  local status=0
  "$CDP_ROOT/contrib/demo/run" --people "${CDP_DEMO_PEOPLE:-3000}" >"$PLACE/demo.log" 2>&1 || status=$?
  cat "$PLACE/demo.log"
  if [ "$status" = 0 ]; then tally 1 0; fi
  return "$status"
}

layer_dist() {
  if [ ! -e "$CDP_ROOT/.git" ]; then
    echo "     dist skipped: this is no clone, the tarball is packed from the history"
    return 0
  fi
  step "pack the release tarball" one_case dist_pack || return
  step "build from the tarball, no npm, no network" one_case dist_build
}

dist_pack() {
  cd "$CDP_ROOT"
  # Root may test a clone that somebody else owns; git refuses that without a word of ours.
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' build_make dist
  mkdir -p "$PLACE/dist"
  tar -xzf build/pg_cdp-*.tar.gz -C "$PLACE/dist"
}

dist_build() {
  local no_network=() script
  cd "$PLACE"/dist/pg_cdp-*
  # An npm that fails stands before the real one; unshare takes the network away where it may.
  mkdir -p "$PLACE/no_npm"
  printf '#!/bin/sh\necho "npm must not be needed" >&2\nexit 1\n' >"$PLACE/no_npm/npm"
  chmod +x "$PLACE/no_npm/npm"
  if unshare -n true 2>/dev/null; then
    no_network=(unshare -n)
  elif unshare -Urn true 2>/dev/null; then
    no_network=(unshare -Urn)
  else
    note "(network not cut off: unshare is not allowed here)"
  fi
  PATH=$PLACE/no_npm:$PATH "${no_network[@]+"${no_network[@]}"}" make -j"$(build_jobs)" \
    PG_CONFIG="$PG_CONFIG" CDP_CXXFLAGS=-O0
  make install PG_CONFIG="$PG_CONFIG" DESTDIR="$PLACE/dist_stage"
  for script in "$PLACE/dist_stage$("$PG_CONFIG" --sharedir)"/extension/pg_cdp--*.sql; do test -s "$script"; done
  test -s "$PLACE/dist_stage$("$PG_CONFIG" --sharedir)/extension/pg_cdp.control"
  test -s "$PLACE/dist_stage$("$PG_CONFIG" --pkglibdir)/pg_cdp.so"
}
