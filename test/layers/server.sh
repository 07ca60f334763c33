# Layers that ask a server: pg_regress, isolation, TAP, and the public data sets.

# slots: how many tests with a server run side by side, each against a server of its own, for some ask
# what all databases of a server share.
slots() {
  local jobs
  jobs=$(build_jobs)
  echo $((jobs < 4 ? jobs : 4))
}

SERVERS=0
SERVER_STATUS=

# need_servers COUNT: at least so many, up to slots, for all layers of a run.
need_servers() {
  local wanted=$1 most
  most=$(slots)
  if [ "$wanted" -gt "$most" ]; then wanted=$most; fi
  while [ -z "$SERVER_STATUS" ] && [ "$SERVERS" -lt "$wanted" ]; do
    need_build || return
    STEP_SLOT=$((SERVERS + 1))
    step "start a throw-away server" start_server || SERVER_STATUS=$?
    STEP_SLOT=
    SERVERS=$((SERVERS + 1))
  done
  return "${SERVER_STATUS:-0}"
}

# start_server: with a database that has the extension, for copies are made in a fifth of the time.
start_server() {
  cluster_start "$STAGE"
  cluster_database made
  cluster_psql "$PLACE" -q -d postgres -c 'ALTER DATABASE made IS_TEMPLATE true ALLOW_CONNECTIONS false'
}

# fresh_database NAME: with the extension and nothing else in it.
fresh_database() {
  cluster_psql "$PLACE" -q -d postgres -c "DROP DATABASE IF EXISTS \"$1\"" \
    -c "CREATE DATABASE \"$1\" TEMPLATE made"
}

# run_tests_of_servers: what step_later was told.
run_tests_of_servers() {
  if [ ${#STEPS_LATER[@]} = 0 ]; then return 0; fi
  if need_servers ${#STEPS_LATER[@]}; then
    steps_side_by_side "$SERVERS"
  else
    STEPS_LATER=()
    return 1
  fi
}

# server_tools: where PGXS keeps pg_regress, isolationtester and PostgreSQL::Test.
server_tools() { (cd "$(dirname "$("$PG_CONFIG" --pgxs)")/../test" && pwd); }

layer_regress() { run_regress regress sql sql "$(server_tools)/regress/pg_regress"; }
layer_isolation() { run_regress isolation specs spec "$(server_tools)/isolation/pg_isolation_regress"; }

# run_regress LAYER FOLDER SUFFIX PROGRAM: every test/FOLDER/*.SUFFIX in a database of its own, so that
# none leans on what another has left. The server's user may not read the checkout: it gets a copy.
run_regress() {
  local layer=$1 folder=$2 suffix=$3 program=$4 work=$PLACE/$1 file name
  mkdir -p "$work/$folder" "$work/expected" "$CDP_ROOT/build/results/$layer"
  for file in "$CDP_ROOT/test/$folder"/*."$suffix"; do
    name=$(basename "$file" ".$suffix")
    if [ ! -f "$file" ] || ! picked "$name"; then continue; fi
    cp "$file" "$work/$folder/"
    cp "$CDP_ROOT/expected/$name"*.out "$work/expected/" 2>/dev/null
    step_later "$layer: $name" one_case run_regress_file "$layer" "$work" "$name" "$program"
  done
  give_to_server "$work"
  run_tests_of_servers
}

run_regress_file() {
  local layer=$1 work=$2 name=$3 program=$4 status=0 output=$2/output_$3
  mkdir -p "$output"
  give_to_server "$output"
  cluster_names
  fresh_database "$layer"
  as_server "$output" env PG_COLOR=never "$program" --bindir="$CLUSTER_BIN" --inputdir="$work" \
    --outputdir="$output" --host="$CLUSTER" --port="$CLUSTER_PORT" --user=postgres \
    --dbname="$layer" --use-existing "$name" || status=$?
  # A new test has no expected answer yet; its result is the draft of one.
  cp "$output"/results/"$name"*.out "$CDP_ROOT/build/results/$layer/" 2>/dev/null || true
  if [ "$status" != 0 ]; then
    cat "$output"/regression.diffs "$output"/output_iso/regression.diffs 2>/dev/null || true
    crash_report
  fi
  return "$status"
}

# crash_report: the server's own words, when a backend died.
crash_report() {
  grep -a -E 'PANIC|was terminated by signal|TRAP:' "$CLUSTER/log" | tail -n 5 || true
}

# The longest files first: what runs last, runs alone.
layer_tap() {
  local file name work=$PLACE/tap
  need_build || return
  mkdir -p "$work"
  cp -R "$CDP_ROOT/test/t" "$work/t"
  stage_configuration "$STAGE" >"$work/node.conf"
  give_to_server "$work"
  for file in $(cd "$work/t" && ls -S -- *.pl 2>/dev/null); do
    name=$(basename "$file" .pl)
    if picked "$name"; then step_later "tap: $name" run_tap_file "$work" "$file"; fi
  done
  if [ ${#STEPS_LATER[@]} != 0 ]; then steps_side_by_side "$(slots)"; fi
}

# run_tap_file FOLDER FILE: every assertion is a case.
run_tap_file() {
  local work=$1 file=$2 log=$STEP_FOLDER/tap.log status=0 tools
  tools=$(server_tools)
  cluster_names
  as_server "$work" env PATH="$CLUSTER_BIN:$PATH" PG_REGRESS="$tools/regress/pg_regress" \
    CDP_NODE_CONF="$work/node.conf" TESTDIR="$work" TESTDATADIR="$work/tmp_check" \
    TESTLOGDIR="$work/tmp_check/log" TMPDIR="$PLACE" \
    prove -v -I "$tools/perl" -I "$work/t/lib" "t/$file" >"$log" 2>&1 || status=$?
  cat "$log"
  tally_assertions "$log"
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
    step_later "real: $name" run_real "$file" "$data/$name" "$name"
  done
  run_tests_of_servers
}

run_real() {
  local file=$1 data=$2 name=$3 work=$PLACE/real/$3 log=$STEP_FOLDER/real.log packed status=0
  mkdir -p "$work"
  cp "$data"/* "$work/"
  for packed in "$work"/*.gz; do gunzip -f "$packed"; done
  cp "$CDP_ROOT"/test/real/lib/*.sql "$work/"
  cp "$file" "$work/test.sql"
  give_to_server "$work"
  fresh_database "real_$name"
  cluster_psql "$work" -d "real_$name" -At -f test.sql >"$log" 2>&1 || status=$?
  cat "$log"
  tally_assertions "$log"
  [ "$(grep -c '^not ok' "$log")" = 0 ] || status=1
  [ "$(grep -c '^ok' "$log")" != 0 ] || status=1
  return "$status"
}
