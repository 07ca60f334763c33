# Layers that try what users get: the demo, and the tarball of a release.

layer_demo() {
  local people=${CDP_DEMO_PEOPLE:-3000}
  # Both compile the generator: once.
  local -x CDP_COMPILER_CACHE=ccache CCACHE_DIR=$CDP_ROOT/build/ccache
  step "the generator's truths, counted again" run_generator "$people"
  step "demo, $people people" one_case "$CDP_ROOT/contrib/demo/run" --people "$people"
}

# run_generator PEOPLE: it recounts what it planted from the rows it wrote, with code of its own.
run_generator() {
  local status=0
  generator_compile "$PLACE/generate"
  mkdir -p "$PLACE/people"
  "$PLACE/generate/generate" --people "$1" --seed 7 --out "$PLACE/people"
  "$PLACE/generate/generate" --check "$PLACE/people" >"$PLACE/check.log" || status=$?
  cat "$PLACE/check.log"
  sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$PLACE/check.log" |
    while read -r passed failed; do tally "$passed" "$failed"; done
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
  compile_settings
  PATH=$PLACE/no_npm:$PATH "${no_network[@]+"${no_network[@]}"}" make -j"$(build_jobs)" \
    PG_CONFIG="$PG_CONFIG" "${COMPILE_SETTINGS[@]}"
  make install PG_CONFIG="$PG_CONFIG" DESTDIR="$PLACE/dist_stage"
  for script in "$PLACE/dist_stage$("$PG_CONFIG" --sharedir)"/extension/pg_cdp--*.sql; do test -s "$script"; done
  test -s "$PLACE/dist_stage$("$PG_CONFIG" --sharedir)/extension/pg_cdp.control"
  test -s "$PLACE/dist_stage$("$PG_CONFIG" --pkglibdir)/pg_cdp.so"
}
