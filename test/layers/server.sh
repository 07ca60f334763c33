# Layers that ask a server: pg_regress, isolation, TAP, and the public data sets.

SERVER_STATUS=

# need_server: one server for all layers of a run, with the staged extension.
need_server() {
  if [ -n "$SERVER_STATUS" ]; then return "$SERVER_STATUS"; fi
  SERVER_STATUS=1
  need_build || return
  step "start a throw-away server" cluster_start "$STAGE" || return
  cluster_names
  SERVER_STATUS=0
}

# server_tools: where PGXS keeps pg_regress, isolationtester and PostgreSQL::Test.
server_tools() { (cd "$(dirname "$("$PG_CONFIG" --pgxs)")/../test" && pwd); }

layer_regress() { run_regress regress sql sql "$(server_tools)/regress/pg_regress"; }
layer_isolation() { run_regress isolation specs spec "$(server_tools)/isolation/pg_isolation_regress"; }

# run_regress LAYER FOLDER SUFFIX PROGRAM: every test/FOLDER/*.SUFFIX in a database of its own, so that
# none leans on what another has left. The server's user may not read the checkout: it gets a copy.
run_regress() {
  local layer=$1 folder=$2 suffix=$3 program=$4 work=$PLACE/$1 file name
  need_server || return
  mkdir -p "$work/$folder" "$work/expected" "$CDP_ROOT/build/results/$layer"
  for file in "$CDP_ROOT/test/$folder"/*."$suffix"; do
    name=$(basename "$file" ".$suffix")
    if [ ! -f "$file" ] || ! picked "$name"; then continue; fi
    cp "$file" "$work/$folder/"
    cp "$CDP_ROOT/expected/$name"*.out "$work/expected/" 2>/dev/null
    give_to_server "$work"
    step "$layer: $name" one_case run_regress_file "$layer" "$work" "$name" "$program"
  done
}

run_regress_file() {
  local layer=$1 work=$2 name=$3 program=$4 status=0
  as_server "$work" env PG_COLOR=never "$program" --bindir="$CLUSTER_BIN" --inputdir="$work" \
    --outputdir="$work" --host="$CLUSTER" --port="$CLUSTER_PORT" --user=postgres \
    --dbname="$layer" --load-extension=pg_cdp "$name" || status=$?
  # A new test has no expected answer yet; its result is the draft of one.
  cp "$work"/results/"$name"*.out "$CDP_ROOT/build/results/$layer/" 2>/dev/null || true
  if [ "$status" != 0 ]; then
    cat "$work"/regression.diffs "$work"/output_iso/regression.diffs 2>/dev/null || true
    crash_report
  fi
  return "$status"
}

# crash_report: the server's own words, when a backend died.
crash_report() {
  grep -a -E 'PANIC|was terminated by signal|TRAP:' "$CLUSTER/log" | tail -n 5 || true
}

layer_tap() {
  local file work=$PLACE/tap
  need_server || return
  mkdir -p "$work"
  cp -R "$CDP_ROOT/test/t" "$work/t"
  stage_configuration "$STAGE" >"$work/node.conf"
  give_to_server "$work"
  for file in "$work"/t/*.pl; do
    if [ -f "$file" ] && picked "$(basename "$file" .pl)"; then
      step "tap: $(basename "$file" .pl)" run_tap_file "$work" "$(basename "$file")"
    fi
  done
}

# run_tap_file FOLDER FILE: every assertion is a case.
run_tap_file() {
  local work=$1 file=$2 status=0 tools
  tools=$(server_tools)
  as_server "$work" env PATH="$CLUSTER_BIN:$PATH" PG_REGRESS="$tools/regress/pg_regress" \
    CDP_NODE_CONF="$work/node.conf" TESTDIR="$work" TESTDATADIR="$work/tmp_check" \
    TESTLOGDIR="$work/tmp_check/log" TMPDIR="$PLACE" \
    prove -v -I "$tools/perl" -I "$work/t/lib" "t/$file" >"$PLACE/tap.log" 2>&1 || status=$?
  cat "$PLACE/tap.log"
  tally_assertions "$PLACE/tap.log"
  if [ "$status" != 0 ]; then
    mkdir -p "$LOGS/tap"
    cp "$work"/tmp_check/log/* "$LOGS/tap/" 2>/dev/null || true
  fi
  return "$status"
}

# tally_assertions LOG: counts lines `ok N` and `not ok N`, or `ok - what` as our SQL scripts print them.
tally_assertions() {
  local passed failed
  passed=$(grep -cE '^ ?ok ([0-9]|- )' "$1" || true)
  failed=$(grep -cE '^ ?not ok ([0-9]|- )' "$1" || true)
  tally "$passed" "$failed"
  note "$((passed + failed)) assertions"
}

# Public data, asked the same questions by the extension and by plain SQL: test/real/NAME.sql runs in
# a folder with the unpacked files of the data set NAME.
layer_real() {
  local data=${CDP_DATA:-$CDP_ROOT/../shared/data} file name
  for file in "$CDP_ROOT"/test/real/*.sql; do
    name=$(basename "$file" .sql)
    if [ ! -f "$file" ] || ! picked "$name"; then continue; fi
    if [ ! -d "$data/$name" ]; then
      printf '     real: %s skipped, no folder %s (CDP_DATA names another)\n' "$name" "$data/$name"
      continue
    fi
    need_server || return
    step "real: $name" run_real "$file" "$data/$name" "$name"
  done
}

run_real() {
  local file=$1 data=$2 name=$3 work=$PLACE/real/$3 packed status=0
  mkdir -p "$work"
  cp "$data"/* "$work/"
  for packed in "$work"/*.gz; do gunzip -f "$packed"; done
  cp "$CDP_ROOT"/test/real/lib/*.sql "$work/"
  cp "$file" "$work/test.sql"
  give_to_server "$work"
  cluster_database "real_$name"
  cluster_psql "$work" -d "real_$name" -At -f test.sql >"$PLACE/real.log" 2>&1 || status=$?
  cat "$PLACE/real.log"
  tally_assertions "$PLACE/real.log"
  [ "$(grep -c '^not ok' "$PLACE/real.log")" = 0 ] || status=1
  [ "$(grep -c '^ok' "$PLACE/real.log")" != 0 ] || status=1
  return "$status"
}
