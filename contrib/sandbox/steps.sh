# Visible progress: a step prints its name, its seconds and its result; what it says goes to a log.
# Needs place.sh.

STEP_NUMBER=0

# steps_open NAME: logs of this run go to build/log/NAME.
# Two runs of one kind in one checkout would overwrite each other's: the second gives up.
steps_open() {
  if mkdir -p "$CDP_ROOT/build" 2>/dev/null && { exec 9>"$CDP_ROOT/build/$1.lock"; } 2>/dev/null; then
    flock -n 9 || die "another $1 run is at work in $CDP_ROOT"
  fi
  LOGS=$CDP_ROOT/build/log/$1
  if ! { rm -rf "$LOGS" && mkdir -p "$LOGS"; } 2>/dev/null; then
    LOGS=$(mktemp -d "${TMPDIR:-/tmp}/pg_cdp_log.XXXXXX") || die "no folder for logs"
  fi
}

# Each step has a folder: what it counted, its remarks, its seconds.
step_folder() { printf '%s/step/%d' "$PLACE" "$1"; }

# tally PASSED FAILED: counts test cases. Every case is counted exactly once, by who ran it.
tally() { printf '%d %d\n' "$1" "$2" >>"$STEP_FOLDER/tally"; }

# tally_sum COLUMN FILE...: of what was passed (1) or failed (2).
tally_sum() { cat "${@:2}" /dev/null | awk -v column="$1" '{ n += $column } END { print n + 0 }'; }

# note TEXT: a remark of the running step for the screen, shown beside its result.
note() { printf '%s\n' "$*" >>"$STEP_FOLDER/note"; }

# step NAME COMMAND...: runs COMMAND, often a function, in a shell of its own that ends at the first
# error. Returns its status; a failure is shown with the end of its log, and counted unless COMMAND
# has counted failures itself.
step() {
  local status=0
  step_begin "$1"
  step_title "$STEP_NUMBER"
  shift
  step_start log "$@"
  step_await "$STEP_PID" || status=$?
  step_report "$STEP_NUMBER" "$status" log
}

# step_shown NAME COMMAND...: the same for a COMMAND whose output is for people to read as it comes.
step_shown() {
  local status=0
  step_begin "$1"
  printf '\n[%2d] %s\n' "$STEP_NUMBER" "$1"
  shift
  step_start screen "$@"
  step_await "$STEP_PID" || status=$?
  step_title "$STEP_NUMBER"
  step_report "$STEP_NUMBER" "$status" screen
}

# step_later NAME COMMAND...: a step that steps_side_by_side will run.
STEPS_LATER=()
step_later() {
  local command
  command=$(printf '%q ' "$@")
  STEPS_LATER+=("$command")
}

# steps_side_by_side SLOTS: runs what step_later was told, that many at once, in this order. Each step
# finds the number of its slot in STEP_SLOT, which no other has at the time. The screen shows them as
# if they had run one after another: a step waits for the lines of those before it. Its status is 0
# when none failed.
steps_side_by_side() {
  local slots=$1 slot pid status result=0 later=("${STEPS_LATER[@]+"${STEPS_LATER[@]}"}")
  local next=0 shown=$((STEP_NUMBER + 1)) last=$((STEP_NUMBER + ${#STEPS_LATER[@]}))
  local -A slot_of=() number_of=() status_of=()
  STEPS_LATER=()
  local free=()
  for ((slot = slots; slot >= 1; slot--)); do free+=("$slot"); done
  while [ "$shown" -le "$last" ]; do
    while [ "$next" -lt ${#later[@]} ] && [ ${#free[@]} -gt 0 ]; do
      STEP_SLOT=${free[-1]}
      unset 'free[-1]'
      eval "set -- ${later[next]}"
      next=$((next + 1))
      step_begin "$1"
      if [ "$STEP_NUMBER" = "$shown" ]; then step_title "$shown"; fi
      shift
      step_start log "$@"
      slot_of[$STEP_PID]=$STEP_SLOT
      number_of[$STEP_PID]=$STEP_NUMBER
    done
    status=0
    wait -n -p pid "${!slot_of[@]}" || status=$?
    free+=("${slot_of[$pid]}")
    status_of[${number_of[$pid]}]=$status
    unset "slot_of[$pid]" "number_of[$pid]" "STEP_JOBS[$pid]"
    while [ -n "${status_of[$shown]-}" ]; do
      step_report "$shown" "${status_of[$shown]}" log || result=1
      shown=$((shown + 1))
      if [ "$shown" -le "$STEP_NUMBER" ]; then step_title "$shown"; fi
    done
  done
  STEP_SLOT=
  return "$result"
}

STEP_SLOT=
STEP_NAMES=()
STEP_LOGS=()

step_begin() {
  STEP_NUMBER=$((STEP_NUMBER + 1))
  STEP_NAMES[STEP_NUMBER]=$1
  STEP_LOGS[STEP_NUMBER]=$LOGS/$(printf '%02d_%s.log' "$STEP_NUMBER" "${1//[^A-Za-z0-9]/_}")
  STEP_FOLDER=$(step_folder "$STEP_NUMBER")
  mkdir -p "$STEP_FOLDER"
  : >"$STEP_FOLDER/tally"
  : >"$STEP_FOLDER/note"
}

step_title() { printf '[%2d] %-46.46s ' "$1" "${STEP_NAMES[$1]}"; }

# step_start log|screen COMMAND...: starts the step that was begun last, as process STEP_PID. The log
# gets its output in any case.
step_start() {
  local output=$1 script=$STEP_FOLDER/script log=${STEP_LOGS[STEP_NUMBER]}
  shift
  step_script >"$script"
  # In the background and in a process group of its own: so an interrupt is handled at once, and
  # takes the step with all its children.
  set -m
  (
    started=$(date +%s%N)
    status=0
    if [ "$output" = screen ]; then
      bash "$script" "$@" 2>&1 | tee "$log"
      status=${PIPESTATUS[0]}
    else
      bash "$script" "$@" >"$log" 2>&1 || status=$?
    fi
    awk -v ns=$(($(date +%s%N) - started)) 'BEGIN { printf "%.1f", ns / 1e9 }' >"$STEP_FOLDER/seconds"
    exit "$status"
  ) </dev/null &
  STEP_PID=$!
  set +m
  STEP_JOBS[STEP_PID]=$STEP_PID
}

step_await() {
  local status=0
  wait "$1" || status=$?
  unset "STEP_JOBS[$1]"
  return "$status"
}

# step_report NUMBER STATUS log|screen: ends the line that step_title began. Returns STATUS.
step_report() {
  local number=$1 status=$2 output=$3 folder seconds remark log=${STEP_LOGS[$1]}
  folder=$(step_folder "$number")
  remark=$(tr '\n' ' ' <"$folder/note")
  seconds=$(cat "$folder/seconds" 2>/dev/null)
  if [ "$status" = 0 ]; then
    printf '%7s s  ok      %s\n' "$seconds" "$remark"
    return 0
  fi
  printf '%7s s  FAILED  %s\n' "$seconds" "$remark"
  if [ "$(tally_sum 2 "$folder/tally")" = 0 ]; then printf '0 1\n' >>"$folder/tally"; fi
  if [ "$output" = log ]; then
    printf '%s\n' "---- end of $log" "$(tail -n "${CDP_LOG_LINES:-40}" "$log")"
  fi
  printf '%s\n' "---- step \"${STEP_NAMES[number]}\" failed; its whole log: $log"
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

# steps_interrupt: ends the running steps, if any; for at_close.
STEP_JOBS=()
steps_interrupt() {
  local pid
  for pid in "${STEP_JOBS[@]+"${STEP_JOBS[@]}"}"; do kill -TERM -- "-$pid" 2>/dev/null; done
  for pid in "${STEP_JOBS[@]+"${STEP_JOBS[@]}"}"; do wait "$pid" 2>/dev/null; done
  return 0
}

# steps_verdict: prints the closing line; true when nothing failed.
steps_verdict() {
  local passed failed
  passed=$(tally_sum 1 "$PLACE"/step/*/tally)
  failed=$(tally_sum 2 "$PLACE"/step/*/tally)
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
