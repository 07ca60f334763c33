# Sourced by the benches: CPU and memory that one backend spends on a statement.

# cpu_open [PSQL-ARGUMENT...]: one backend for all statements, so that all find warm caches.
cpu_open() {
  coproc BACKEND { psql -X -q -v ON_ERROR_STOP=1 -At "$@" 2>&1; }
  cpu_settle
}

# cpu_reopen: another backend, which has not yet had any memory that it may keep.
cpu_reopen() {
  printf '\\c -\n' >&"${BACKEND[1]}"
  cpu_settle
}

cpu_settle() {
  cpu_say "SET max_parallel_workers_per_gather = 0"
  cpu_say "SET jit = off"
  cpu_say "SET work_mem = '1GB'"
  BACKEND_PROCESS=$(cpu_say "SELECT pg_backend_pid()")
}

# cpu_say SQL: the statement's answer; the first error ends the bench.
cpu_say() {
  local line
  printf '%s;\n\\echo :end:\n' "$1" >&"${BACKEND[1]}"
  while IFS= read -r -u "${BACKEND[0]}" line; do
    if [ "$line" = ":end:" ]; then return; fi
    printf '%s\n' "$line"
  done
  return 1
}

# cpu_ticks: user and system time of the backend so far, in the kernel's ticks.
cpu_ticks() {
  # The command's name may hold spaces; behind it the times are the 12th and 13th field.
  sed 's/^.*) //' "/proc/$BACKEND_PROCESS/stat" | awk '{ print $12 + $13 }'
}

# cpu_of SQL: CPU seconds of the statement. Its answer goes to the file CPU_ANSWER, where one is named.
cpu_of() {
  local before after
  before=$(cpu_ticks)
  cpu_say "$1" >"${CPU_ANSWER:-/dev/null}"
  after=$(cpu_ticks)
  awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f\n", t / hz }'
}

# cpu_race ROUNDS NAME_A SQL_A NAME_B SQL_B: both in turns, a warm-up first; medians and their ratio.
cpu_race() {
  local round a=() b=()
  cpu_of "$3" >/dev/null
  for ((round = 0; round < $1; round++)); do
    a+=("$(cpu_of "$3")")
    b+=("$(cpu_of "$5")")
  done
  awk -v a="$(printf '%s\n' "${a[@]}" | sort -n | sed -n "$(($1 / 2 + 1))p")" \
    -v b="$(printf '%s\n' "${b[@]}" | sort -n | sed -n "$(($1 / 2 + 1))p")" -v na="$2" -v nb="$4" \
    'BEGIN { printf "%-32s %8.2f s\n%-32s %8.2f s   ratio %.2f\n", na, a, nb, b, (a > 0 ? b / a : 0) }'
}

cpu_private_kb() { awk '/^RssAnon:/ { print $2 }' "/proc/$BACKEND_PROCESS/status"; }

# cpu_memory_of SQL: the most private memory (MB) that the statement adds, looked at 50 times a second.
cpu_memory_of() {
  local idle peaks watcher
  idle=$(cpu_private_kb)
  peaks=$(mktemp)
  while sleep 0.02; do cpu_private_kb; done >"$peaks" &
  watcher=$!
  cpu_say "$1" >/dev/null
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  awk -v idle="$idle" '$1 > most { most = $1 } END { printf "%d\n", (most - idle) / 1024 }' "$peaks"
  rm -f "$peaks"
}
