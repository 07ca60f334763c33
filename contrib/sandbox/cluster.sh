# A throw-away server in PLACE/server: one cluster, reached by a socket in a folder that only its
# user and root can enter, so trust is safe and no port of the machine is taken. A script that wants
# TCP sets CLUSTER_PORT and passes listen_addresses; there a password is asked for. Steps that run side
# by side have a server each, by the number of their slot: PLACE/server, PLACE/server_2 ...
# Needs place.sh, steps.sh (STEP_SLOT) and build.sh (stage_configuration).

# cluster_start STAGE [CONFIGURATION-LINE...]: initdb and start; the stage's extension can be made.
cluster_start() {
  local stage=$1
  shift
  cluster_names
  mkdir -p "$CLUSTER"
  chmod 700 "$CLUSTER"
  give_to_server "$CLUSTER"
  as_server "$PLACE" "$CLUSTER_BIN/initdb" -D "$CLUSTER/data" -U postgres -A trust -E UTF8 \
    --locale=C --no-sync >"$CLUSTER.initdb.log" 2>&1 || {
    cat "$CLUSTER.initdb.log"
    return 1
  }
  printf '%s\n' 'local all all trust' 'local replication all trust' \
    'host all all 127.0.0.1/32 scram-sha-256' >"$CLUSTER/data/pg_hba.conf"
  {
    cluster_configuration
    stage_configuration "$stage"
    if [ $# -gt 0 ]; then printf '%s\n' "$@"; fi
  } >>"$CLUSTER/data/postgresql.conf"
  if ! as_server "$PLACE" "$CLUSTER_BIN/pg_ctl" -D "$CLUSTER/data" -l "$CLUSTER/log" -t 120 -w start; then
    echo "the server did not start; its log:"
    cat "$CLUSTER/log"
    return 1
  fi
}

cluster_names() {
  CLUSTER=$PLACE/server
  if [ "${STEP_SLOT:-1}" != 1 ]; then CLUSTER+=_$STEP_SLOT; fi
  CLUSTER_BIN=$("$PG_CONFIG" --bindir)
  # Without TCP the port only names the socket's file.
  CLUSTER_PORT=${CLUSTER_PORT:-5432}
}

# Speed before durability: nobody will want this data back. Without JIT, whose compile times would
# hide ours. What shapes plans stays as it is by default: the tests' answers are those of any server.
cluster_configuration() {
  local memory_mb shared_mb
  memory_mb=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
  shared_mb=$((${memory_mb:-1024} / 8))
  if [ "$shared_mb" -gt 1024 ]; then shared_mb=1024; fi
  if [ "$shared_mb" -lt 64 ]; then shared_mb=64; fi
  cat <<SETTINGS
listen_addresses = ''
port = $CLUSTER_PORT
unix_socket_directories = '$CLUSTER'
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 5s
max_wal_size = 4GB
checkpoint_timeout = 30min
shared_buffers = ${shared_mb}MB
jit = off
timezone = 'UTC'
log_line_prefix = '%m [%p] %q%a '
SETTINGS
  # Containers often have 64 MB of /dev/shm: too little for parallel hash tables.
  if [ "$(df -Pm /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }' || true)" -lt 512 ] 2>/dev/null ||
    ! [ -w /dev/shm ]; then
    echo "dynamic_shared_memory_type = mmap"
  fi
}

# cluster_stop: stops all of them; for at_close. A server that was never started is no error.
cluster_stop() {
  local pid_file
  for pid_file in "$PLACE"/server*/data/postmaster.pid; do
    if [ ! -f "$pid_file" ]; then continue; fi
    cluster_names
    as_server "$PLACE" "$CLUSTER_BIN/pg_ctl" -D "${pid_file%/*}" -m immediate -w stop >/dev/null 2>&1
  done
  return 0
}

# cluster_psql FOLDER PSQL-ARGUMENT...: psql in FOLDER, which is where \copy looks for files.
cluster_psql() {
  local folder=$1
  shift
  cluster_names
  as_server "$folder" "$CLUSTER_BIN/psql" -X -h "$CLUSTER" -p "$CLUSTER_PORT" -U postgres \
    -v ON_ERROR_STOP=1 "$@"
}

# cluster_database NAME: a new database with the extension in it.
cluster_database() {
  cluster_psql "$PLACE" -q -d postgres -c "CREATE DATABASE \"$1\""
  cluster_psql "$PLACE" -q -d "$1" -c 'CREATE EXTENSION pg_cdp'
}
