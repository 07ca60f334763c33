# Visible progress: a step prints its name, its seconds and its result; what it says goes to a log.
# Needs place.sh.

STEP_NUMBER=0

# steps_open NAME: logs of this run go to build/log/NAME, counts to a file that every step can reach.
# Two runs of one kind in one checkout would overwrite each other's: the second gives up.
steps_open() {
  if mkdir -p "$CDP_ROOT/build" 2>/dev/null && { exec 9>"$CDP_ROOT/build/$1.lock"; } 2>/dev/null; then
    flock -n 9 || die "another $1 run is at work in $CDP_ROOT"
  fi
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

# step NAME COMMAND...: runs COMMAND, often a function, in a shell of its own that ends at the first
# error. Returns its status; a failure is shown with the end of its log, and counted unless COMMAND
# has counted failures itself.
step() {
  step_begin "$1"
  step_title
  shift
  step_run "$STEP_LOG" "$@"
}

# step_shown NAME COMMAND...: the same for a COMMAND whose output is for people to read as it comes.
step_shown() {
  step_begin "$1"
  printf '\n[%2d] %s\n' "$STEP_NUMBER" "$1"
  shift
  step_run /dev/stdout "$@"
}

step_begin() {
  STEP_NAME=$1
  STEP_NUMBER=$((STEP_NUMBER + 1))
  STEP_LOG=$LOGS/$(printf '%02d_%s.log' "$STEP_NUMBER" "${1//[^A-Za-z0-9]/_}")
  : >"$PLACE/note"
}

step_title() { printf '[%2d] %-46.46s ' "$STEP_NUMBER" "$STEP_NAME"; }

# step_run OUTPUT COMMAND...: OUTPUT is the log or the screen; the log gets everything in any case.
step_run() {
  local output=$1 status=0 started failed_before seconds remark
  shift
  failed_before=$(tally_failed)
  started=$(date +%s%N)

  step_script >"$PLACE/step.sh"

  # In the background and in a process group of its own: so an interrupt is handled at once, and
  # takes the step with all its children.
  set -m
  (
    if [ "$output" = /dev/stdout ]; then
      bash "$PLACE/step.sh" "$@" 2>&1 | tee "$STEP_LOG"
      exit "${PIPESTATUS[0]}"
    else
      exec bash "$PLACE/step.sh" "$@" >"$STEP_LOG" 2>&1
    fi
  ) </dev/null &
  STEP_JOB=$!
  set +m
  wait "$STEP_JOB" || status=$?
  STEP_JOB=

  remark=$(tr '\n' ' ' <"$PLACE/note")
  seconds=$(awk -v ns=$(($(date +%s%N) - started)) 'BEGIN { printf "%.1f", ns / 1e9 }')
  if [ "$output" = /dev/stdout ]; then step_title; fi
  if [ "$status" = 0 ]; then
    printf '%7s s  ok      %s\n' "$seconds" "$remark"
    return 0
  fi
  printf '%7s s  FAILED  %s\n' "$seconds" "$remark"
  if [ "$(tally_failed)" = "$failed_before" ]; then tally 0 1; fi
  if [ "$output" != /dev/stdout ]; then
    printf '%s\n' "---- end of $STEP_LOG" "$(tail -n "${CDP_LOG_LINES:-40}" "$STEP_LOG")"
  fi
  printf '%s\n' "---- step \"$STEP_NAME\" failed; its whole log: $STEP_LOG"
  return "$status"
}

# step_script: prints what a new shell needs to run a COMMAND. A subshell would not do: bash ignores
# errexit in it, however it is set there, when the caller writes `step ... || return`.
step_script() {
  local step_variable
  declare -f
  for step_variable in $(compgen -v); do
    case $SHELL_VARIABLES in
      *" $step_variable "*) ;;
      *) declare -p "$step_variable" ;;
    esac
  done
  printf '%s\n' 'set -euo pipefail' '"$@"'
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
