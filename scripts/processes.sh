# Sourced by the scripts beside it: prepares the checkout, and starts processes that end with the
# script. SKIP_BUILD=true takes node_modules and dist as they are.
# shellcheck shell=bash

readonly HOST=127.0.0.1
started_pids=()

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

require_node() {
  command -v node >/dev/null || fail 'Node.js 20.19 or newer is needed, and there is none in PATH'
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    fail "Node.js 20.19 or newer is needed, and this is $(node --version)"
}

install_packages() {
  # npm writes this file last, so it is newer than the lock file exactly when the install is complete.
  [[ node_modules/.package-lock.json -nt package-lock.json ]] && return
  echo 'Installing packages (npm ci) …'
  npm ci --no-audit --no-fund --loglevel=error || fail 'npm ci failed'
}

prepare() {
  require_node
  if [[ ${SKIP_BUILD:-} == true ]]; then
    [[ -f dist/app.js && -f dist/mock/http-target.js ]] || fail 'nothing is built: npm run build'
    return
  fi
  install_packages
  echo 'Building (npm run build) …'
  npm run --silent build || fail 'the build failed'
}

# answers PORT: whether something accepts connections there
answers() {
  (exec 3<>"/dev/tcp/$HOST/$1") 2>/dev/null
}

# get PORT PATH: the whole answer, head and body; needs no curl
get() {
  (
    exec 3<>"/dev/tcp/$HOST/$1"
    printf 'GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n' "$2" "$HOST" "$1" >&3
    cat <&3
  ) 2>/dev/null
}

# require_free_port VARIABLE PORT
require_free_port() {
  [[ $2 =~ ^[0-9]+$ ]] || fail "$1 is \"$2\", not a port"
  ! answers "$2" || fail "port $2 is taken; choose another with $1=<port>"
}

# free_ports COUNT: ports nobody listens on at the moment, blank-separated; from below the range
# that outgoing connections take theirs from, so that none of those takes one in between
free_ports() {
  node -e 'const { createServer } = require("node:net")
    const servers = []
    const next = () => {
      const server = createServer().on("error", next)
      server.listen(10_000 + Math.floor(Math.random() * 20_000), "127.0.0.1", () => {
        if (servers.push(server) < process.argv[1]) return next()
        console.log(servers.map((each) => each.address().port).join(" "))
        for (const each of servers) each.close()
      })
    }
    next()' "$1"
}

# start COMMAND…: in the background, with an empty environment; its pid is $!
start() {
  # In a process group of its own: Ctrl+C reaches the script alone, and no process is told twice.
  set -m
  env -i PATH="$PATH" "$@" &
  set +m
  started_pids+=("$!")
}

# start_target PORT
start_target() {
  start node dist/mock/http-target.js "$1"
  wait_until "target-$1" "$!" answers "$1"
}

# start_pointsman MANAGEMENT_PORT VARIABLE=VALUE…: returns when it serves
start_pointsman() {
  start MANAGEMENT_PORT="$1" "${@:2}" node dist/app.js
  wait_until 'the load balancer' "$!" is_ready "$1"
}

is_ready() {
  [[ $(get "$1" /readyz) == 'HTTP/1.1 200'* ]]
}

# wait_until NAME PID COMMAND…: until the command succeeds, for ten seconds at most
wait_until() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    if "${@:3}"; then return; fi
    kill -0 "$2" 2>/dev/null || fail "$1 did not start"
    sleep 0.1
  done
  fail "$1 was not ready within ten seconds"
}

stop_all() {
  ((${#started_pids[@]})) || return 0
  kill "${started_pids[@]}" 2>/dev/null
  wait "${started_pids[@]}" 2>/dev/null
  started_pids=()
}

trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
