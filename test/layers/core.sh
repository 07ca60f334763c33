# Layers that need no server: checks of the sources, the build, unit tests, sanitizers, fuzzers.

layer_checks() {
  local check name
  for check in "$CDP_ROOT"/.ci/check_*; do
    name=${check##*/check_}
    # The symbols are those of a built module: layer build.
    if [ "$name" = symbols ] || ! picked "$name"; then continue; fi
    step "check: $name" one_case "$check"
    if grep -q -- '--self-test' "$check"; then
      step "check: $name finds what it should" one_case "$check" --self-test
    fi
  done
}

# one_case COMMAND...: a command that is one test case. Not `"$@" && ...`: bash would not end a
# function at its first error there.
one_case() {
  "$@"
  tally 1 0
}

BUILD_STATUS=
layer_build() { need_build; }

# need_build: builds and stages once a run; every layer with a server asks for it.
need_build() {
  if [ -n "$BUILD_STATUS" ]; then return "$BUILD_STATUS"; fi
  BUILD_STATUS=1
  step "build the extension with warnings" build_extension_strictly || return
  step "install into a stage" build_install || return
  step "check: exported symbols" one_case "$CDP_ROOT/.ci/check_symbols" "$CDP_ROOT/pg_cdp.so" || return
  if [ -d "$CDP_ROOT/test/modules" ]; then
    step "build the test modules" build_test_modules || return
  fi
  BUILD_STATUS=0
}

# strict: true when warnings are errors: with the compiler of Debian 12, which CI has. What a newer one
# warns of must not keep anybody from running the tests.
strict() { [ "$(g++ -dumpversion | cut -d. -f1)" = 12 ]; }

build_extension_strictly() {
  cd "$CDP_ROOT"
  compile_settings
  build_extension "${COMPILE_SETTINGS[@]}"
}

# compile_settings: of make, in COMPILE_SETTINGS. The tarball holds the sources that the clone does, so
# what was compiled of the one is found again for the other. A test needs lines in a backtrace, not the
# variables: they are a sixth of the compiler's time. ccache goes by the headers that GCC lists (depend);
# those that it does not, the precompiled and CRoaring's, are told here. Shadowed names: from 16 on the
# server's own flags warn of them.
compile_settings() {
  local flags='-Wall -Wextra -Wshadow=compatible-local -g1' prelude=$PLACE/prelude
  if strict; then flags+=' -Werror'; fi
  COMPILE_SETTINGS=(CDP_CXXFLAGS="$flags" CXX="ccache g++" CC="ccache gcc")
  g++ -std=c++20 -D_GNU_SOURCE -E -P -dD -isystem "$("$PG_CONFIG" --includedir-server)" -Isrc \
    src/pg/prelude.h >"$prelude"
  g++ -std=c++20 -E -P -dD src/core/base/prelude.h >>"$prelude"
  export CCACHE_DIR=$CDP_ROOT/build/ccache CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
  export CCACHE_EXTRAFILES_TO_HASH=$prelude:${CROARING:-build/croaring}/roaring.h
}

# build_test_modules: extensions of the tests' own, each a small PGXS project. They compile parts of
# src whose headers their makefiles do not track, so they are always made anew.
build_test_modules() {
  local folder
  for folder in "$CDP_ROOT"/test/modules/*/; do
    build_make -B -C "$folder" -j"$(build_jobs)"
    build_make -C "$folder" install DESTDIR="$STAGE"
  done
}

# cmake_build FOLDER OPTION...: configures afresh when the cache belongs to another checkout.
cmake_build() {
  local folder=$CDP_ROOT/build/$1 cache=$CDP_ROOT/build/$1/CMakeCache.txt werror=OFF
  shift
  if strict; then werror=ON; fi
  if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$CDP_ROOT" "$cache"; then
    rm -rf "$folder"
  fi
  # Fetched here and not by CMake, which would make the header look new to make's objects.
  if [ -z "${CROARING:-}" ] && [ ! -s "$CDP_ROOT/build/croaring/roaring.h" ]; then
    "$CDP_ROOT/contrib/croaring/fetch" "$CDP_ROOT/build/croaring"
  fi
  cmake -S "$CDP_ROOT" -B "$folder" -DCDP_WERROR=$werror \
    -DCROARING="${CROARING:-$CDP_ROOT/build/croaring}" "$@"
  cmake --build "$folder" -j"$(build_jobs)"
}

# run_ctest FOLDER: every GoogleTest case is a test of ctest's.
run_ctest() {
  local log=$PLACE/ctest.log status=0 pattern
  # --only is a glob over suite.case; ctest wants a regular expression.
  pattern=$(sed -e 's/[.]/\\./g' -e 's/[*]/.*/g' -e 's/[?]/./g' <<<"$ONLY")
  ctest --test-dir "$CDP_ROOT/build/$1" -j"$(build_jobs)" --output-on-failure --timeout 300 \
    --no-tests=error -R "^$pattern\$" >"$log" 2>&1 || status=$?
  cat "$log"
  awk '/tests passed, [0-9]+ tests? failed out of/ { print $(NF) - $4, $4 }' "$log" |
    while read -r passed failed; do
      tally "$passed" "$failed"
      note "$((passed + failed)) cases"
    done
  return "$status"
}

# The core is the extension's own objects; optimising the tests above -O1 costs more than it saves, and
# less than that does too. (There GCC 12 sees copies beyond a std::string and values without a beginning
# where there are none.) The lines that a failed test needs are in what GoogleTest says.
TESTS_FAST='-O1 -g0 -Wno-array-bounds -Wno-stringop-overflow -Wno-maybe-uninitialized'

layer_unit() {
  need_build || return
  # Nobody looks into these with a debugger.
  step "build the unit tests" cmake_build unit -DCDP_MADE=ON -DCDP_TEST_FLAGS="$TESTS_FAST" \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O2 -DNDEBUG' || return
  step "unit tests" run_ctest unit
}

# need_sanitized: unit tests and fuzzers over one core, which Clang builds once a run. Sanitized code is
# slow to compile above -O1, and finds no more there. Checks of every pointer are for the core: in the
# tests' own code they double the time to compile. Only the busy tests are optimised: the others compile
# in a third of the time so, and run hardly longer.
SANITIZED_STATUS=
need_sanitized() {
  if [ -n "$SANITIZED_STATUS" ]; then return "$SANITIZED_STATUS"; fi
  SANITIZED_STATUS=1
  step "build unit tests and fuzzers with sanitizers" cmake_build sanitize \
    -DCDP_SANITIZE=ON -DCDP_FUZZ=ON -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_C_FLAGS_RELWITHDEBINFO='-O1 -g1' -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O1 -g1' \
    -DCDP_TEST_FLAGS="-fno-sanitize=null,alignment,vptr -O0 -g0" \
    -DCDP_BUSY_FLAGS=-O1 || return
  SANITIZED_STATUS=0
}

layer_sanitize() {
  need_sanitized || return
  step "unit tests under ASan and UBSan" run_ctest sanitize
}

layer_fuzz() {
  local target targets=()
  need_sanitized || return
  for target in "$CDP_ROOT"/test/fuzz/*.cpp; do
    target=$(basename "$target" .cpp)
    if [ -x "$CDP_ROOT/build/sanitize/fuzz/$target" ] && picked "$target"; then targets+=("$target"); fi
  done
  if [ ${#targets[@]} != 0 ]; then step "fuzz: ${#targets[@]} targets" run_fuzzers "${targets[@]}"; fi
}

# run_fuzzers NAME...: as many at once as there are cores. Each is a case; what failed is shown whole.
run_fuzzers() {
  local target status=0 work=$PLACE/fuzz
  mkdir -p "$work"
  for target; do
    while [ "$(jobs -rp | wc -l)" -ge "$(build_jobs)" ]; do wait -n || true; done
    (
      run_fuzzer "$target" >"$work/$target.log" 2>&1
      touch "$work/$target.passed"
    ) &
  done
  wait
  for target; do
    if [ -e "$work/$target.passed" ]; then
      printf '%s: %s\n' "$target" "$(tail -n 1 "$work/$target.log")"
      tally 1 0
    else
      printf '%s failed\n' "$target"
      cat "$work/$target.log"
      tally 0 1
      status=1
    fi
  done
  return "$status"
}

# run_fuzzer NAME: the seeds as they are, then a search that starts from them. What the search finds
# stays out of the seeds; an input that breaks something is left beside the log. The short search is the
# same one every time, so that what breaks in it is what has changed; CDP_FUZZ_SEED=0 is another each time.
run_fuzzer() {
  local binary=$CDP_ROOT/build/sanitize/fuzz/$1 seeds=$CDP_ROOT/test/fuzz/corpus/$1
  mkdir -p "$PLACE/corpus/$1"
  [ -n "$(ls -A "$seeds")" ]
  "$binary" -artifact_prefix="$LOGS/$1-" -timeout=20 "$seeds"/*
  "$binary" -artifact_prefix="$LOGS/$1-" -timeout=20 -rss_limit_mb=2048 \
    -seed="${CDP_FUZZ_SEED:-20260101}" -max_total_time="${CDP_FUZZ_SECONDS:-2}" "$PLACE/corpus/$1" "$seeds"
}
