# The SQL blocks of the guides, run as a reader would: those of one guide after another in a fresh
# database.

layer_guides() {
  local file name work=$PLACE/guides
  mkdir -p "$work"
  for file in "$CDP_ROOT"/docs/guide/*.md; do
    name=$(basename "$file" .md)
    if ! picked "$name"; then continue; fi
    sql_blocks "$file" >"$work/$name.sql"
    step_later "guide: $name" one_case run_guide "$work" "$name"
  done
  give_to_server "$work"
  run_tests_of_servers
}

# sql_blocks FILE: what stands in ```sql fences, each block announced by its line.
sql_blocks() {
  awk -v name="$(basename "$1")" '
    /^```sql[ \t]*$/ { inside = 1; printf "\\echo %s:%d\n", name, NR; next }
    /^```/ { inside = 0; next }
    inside' "$1"
}

run_guide() {
  local work=$1 name=$2
  grep -q '^\\echo' "$work/$name.sql" || { echo "$name.md has no SQL block"; return 1; }
  fresh_database "guide_$name"
  cluster_psql "$work" -q -d "guide_$name" -c 'SELECT cdp.setup()' >/dev/null
  cluster_psql "$work" -d "guide_$name" -f "$name.sql"
}
