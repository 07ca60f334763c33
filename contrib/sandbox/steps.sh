# Visible progress: a step prints its name, its seconds and its result; what it says goes to a log.
# Needs place.sh.

STEP_NUMBER=0

# steps_open NAME: logs of this run go to build/log/NAME, counts to a file that subshells can reach.
steps_open() {
  LOGS=$CDP_ROOT/build/log/$1
  if ! { rm -rf "$LOGS" && mkdir -p "$LOGS"; } 2>/dev/null; then
    LOGS=$(mktemp -d "${TMPDIR:-/tmp}/pg_cdp_log.XXXXXX") || die "no folder for logs"
  fi
  TALLY=$PLACE/tally
  : >"$TALLY"
}

# tally PASSED FAILED: counts test cases. Every case is counted exactly once, by who ran it.
tally() { printf '%d %d\n' "$1" "$2" >>"$TALLY"; }

tally_passed() { awk '{ n += $1 } END { print n + 0 }' "$TALLY"; }
tally_failed() { awk '{ n += $2 } END { print n + 0 }' "$TALLY"; }

# note TEXT: a remark of the running step for the screen, shown beside its result.
note() { printf '%s\n' "$*" >>"$PLACE/note"; }

# step NAME COMMAND...: runs COMMAND with errexit in a subshell. Returns its status; a failure is
# shown with the end of its log, and counted unless COMMAND has counted failures itself.
step() {
  local name=$1 status=0 started failed_before log job remark
  shift
  STEP_NUMBER=$((STEP_NUMBER + 1))
  log=$LOGS/$(printf '%02d_%s.log' "$STEP_NUMBER" "${name//[^A-Za-z0-9]/_}")
  failed_before=$(tally_failed)
  : >"$PLACE/note"
  printf '[%2d] %-46s ' "$STEP_NUMBER" "$name"
  started=$(date +%s%N)

  # In the background and in a process group of its own: so an interrupt is handled at once, and
  # takes the step with all its children.
  set -m
  (
    set -eo pipefail
    trap - EXIT HUP INT TERM
    "$@"
  ) >"$log" 2>&1 </dev/null &
  job=$!
  set +m
  STEP_JOB=$job
  wait "$job" || status=$?
  STEP_JOB=

  remark=$(tr '\n' ' ' <"$PLACE/note")
  printf '%7s s  ' "$(awk -v ns=$(($(date +%s%N) - started)) 'BEGIN { printf "%.1f", ns / 1e9 }')"
  if [ "$status" = 0 ]; then
    printf 'ok      %s\n' "$remark"
    return 0
  fi
  printf 'FAILED  %s\n' "$remark"
  if [ "$(tally_failed)" = "$failed_before" ]; then tally 0 1; fi
  printf '%s\n' "---- end of $log" "$(tail -n "${CDP_LOG_LINES:-40}" "$log")" "---- step \"$name\" failed; its whole log: $log"
  return "$status"
}

# steps_interrupt: ends the running step, if any; for at_close.
STEP_JOB=
steps_interrupt() {
  if [ -n "$STEP_JOB" ]; then
    kill -TERM -- "-$STEP_JOB" 2>/dev/null
    wait "$STEP_JOB" 2>/dev/null
  fi
  return 0
}

# steps_verdict: prints the closing line; true when nothing failed.
steps_verdict() {
  local passed failed
  passed=$(tally_passed)
  failed=$(tally_failed)
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
