# What the stages share. Sourced by them; changes to the root of the repository.
set -euo pipefail

interop=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$interop/../.."
if command -v mvn >/dev/null 2>&1; then mvn=mvn; else mvn=./mvnw; fi

# The peer cannot be had: says why and ends the stage.
skip() {
  echo "skipped: $1"
  exit 77
}

# Fails the stage, with the reason.
broken() {
  echo "failed: $1"
  exit 1
}

# Something could not be had from a registry. Where the registry answers its own client that is a failure, else
# the peer cannot be had. The probes keep no cache, so that nothing but the registry answers.
#   not_had npm FOLDER WHAT | not_had pip PYTHON REQUIREMENTS WHAT | not_had apt WHAT
not_had() {
  local kind=$1 what=${*: -1} probe=$interop/target/probe
  rm -rf "$probe"
  mkdir -p "$probe"
  if registry_answers "$@" >"$probe/log" 2>&1; then
    broken "$what, though the $kind registry answers"
  fi
  tail -n 3 "$probe/log"
  skip "$what, and the $kind registry does not answer"
}

registry_answers() {
  local probe=$interop/target/probe pinned
  case $1 in
    npm)
      pinned=$(node -p 'Object.keys(require(process.argv[1]).dependencies)[0]' "$2/package.json")
      # A registry that knows no such package answers, too.
      timeout -k 5 90 npm --cache "$probe/cache" --fetch-retries=1 --fetch-timeout=30000 view "$pinned" version ||
        grep -q 'E404\|ETARGET' "$probe/log"
      ;;
    pip)
      pinned=$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/\1/p' "$3" | head -n 1)
      timeout -k 5 90 "$2" -m pip --disable-pip-version-check download --no-input --no-cache-dir --no-deps --retries 1 \
        --only-binary :all: -d "$probe" "$pinned"
      ;;
    apt) timeout -k 5 120 apt-get update --error-on=any ;;
  esac
}

# Installs a peer that a stage can do without; where it cannot be had, gives 1, where installing it fails, ends
# the stage.   try_peer COMMAND ...
try_peer() {
  local code=0
  ("$@") || code=$?
  case $code in
    0) return 0 ;;
    77) return 1 ;;
    *) exit "$code" ;;
  esac
}

# Runs a command quietly; prints what it wrote if it fails.   quietly LOG SECONDS COMMAND ...
quietly() {
  local log=$1 seconds=$2
  shift 2
  mkdir -p "${log%/*}"
  timeout -k 10 "$seconds" "$@" >"$log" 2>&1 && return 0
  tail -n 40 "$log"
  return 1
}

# What was installed is kept from one clone to the next, each by the hash of its lock file.
cache=${MATRIXRTC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/matrixrtc}/interop

# The folder of the cache for what a lock file names.   kept NAME LOCK [MORE]
kept() {
  echo "$cache/$1-$( (cat "$2"; echo "${3:-}") | sha256sum | cut -c 1-16)"
}

# Gives a folder of the cache its name, in one step, now that it is whole. Another run may have been faster.
keep() {
  mv -T "$1" "$2" 2>/dev/null || [ -d "$2" ] || return 1
  rm -rf "$1"
}

# A new folder beside one of the cache, and none there that was left by runs which were killed long ago.
half_of() {
  mkdir -p "$cache"
  find "$cache" -maxdepth 1 -name '*.part.*' -mmin +120 -exec rm -rf {} +
  mktemp -d "$1.part.XXXXXX"
}

# Links a folder's node_modules to what its lock file names, installed if it is not there yet.   npm_ci FOLDER
npm_ci() {
  local whole half
  whole=$(kept "${1##*/}" "$1/package-lock.json" "$(node -p 'process.platform + process.arch')")
  if [ ! -d "$whole" ]; then
    half=$(half_of "$whole")
    cp "$1/package.json" "$1/package-lock.json" "$half/"
    quietly "$1/npm.log" 240 npm --prefix "$half" ci --ignore-scripts --no-audit --no-fund && keep "$half" "$whole" || {
      rm -rf "$half"
      return 1
    }
  fi
  [ -L "$1/node_modules" ] || rm -rf "$1/node_modules"
  ln -sfn "$whole/node_modules" "$1/node_modules"
}

# Puts matrix-js-sdk into samples/interop/target/PEER, in the versions of that peer's lock file.   install_js_sdk [PEER]
install_js_sdk() {
  local peer=${1:-js-sdk}
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || skip "there is no node and npm"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || skip "matrix-js-sdk needs Node 20 or newer, this is $(node --version)"
  local to=$interop/target/$peer
  mkdir -p "$to"
  cp "$interop/peers/js-sdk"/*.mjs "$interop/peers/$peer"/*.json "$to/"
  npm_ci "$to" || not_had npm "$to" "npm cannot install matrix-js-sdk"
  echo "peer: matrix-js-sdk $(node -p "require('$to/node_modules/matrix-js-sdk/package.json').version")," \
    "crypto-wasm $(node -p "require('$to/node_modules/@matrix-org/matrix-sdk-crypto-wasm/package.json').version")," \
    "Node $(node --version)"
}

has_nio() {
  /usr/bin/python3 -c 'from nio.crypto import ENCRYPTION_ENABLED as e; raise SystemExit(not e)' 2>/dev/null
}

# Installs matrix-nio from Debian's packages where it is not there.
install_nio() {
  if ! has_nio; then
    command -v apt-get >/dev/null 2>&1 || skip "matrix-nio comes from Debian's packages, and there is no apt-get"
    [ "$(id -u)" -eq 0 ] || skip "python3-matrix-nio and python3-olm are not installed, and only root may install them"
    local log=$interop/target/apt.log
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-matrix-nio python3-olm)
    quietly "$log" 300 "${install[@]}" ||
      { quietly "$log" 120 apt-get update && quietly "$log" 300 "${install[@]}"; } ||
      not_had apt "apt-get cannot install python3-matrix-nio and python3-olm"
    has_nio || skip "Debian's matrix-nio has no encryption here"
  fi
  echo "peer: $(dpkg-query -W -f '${Package} ${Version}, ' python3-matrix-nio python3-olm 'libolm3*')Python $(/usr/bin/python3 -c 'import platform; print(platform.python_version())')"
}

# Puts the parts of a peer from npm into samples/interop/target/NAME, in the versions of its lock file.   install_npm NAME
install_npm() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || skip "there is no node and npm"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || skip "$1 needs Node 20 or newer, this is $(node --version)"
  local to=$interop/target/$1
  mkdir -p "$to"
  cp "$interop/peers/$1"/*.* "$to/"
  npm_ci "$to" || not_had npm "$to" "npm cannot install $1"
}

# The version of a package that a peer has.   npm_version NAME PACKAGE
npm_version() {
  node -p "require('$interop/target/$1/node_modules/$2/package.json').version"
}

install_sfu() {
  install_npm sfu
  echo "peer: stand-in SFU of werift $(npm_version sfu werift), @livekit/protocol $(npm_version sfu @livekit/protocol)"
}

install_livekit_client() {
  install_npm livekit-client
  echo "peer: livekit-client $(npm_version livekit-client livekit-client)," \
    "playwright-core $(npm_version livekit-client playwright-core), Node $(node --version)"
}

# Finds Chromium: CHROMIUM names it, or it is on the path, or Debian has it.
install_chromium() {
  CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
  if [ -z "$CHROMIUM" ]; then
    command -v apt-get >/dev/null 2>&1 || skip "there is no chromium on the path, and no apt-get"
    [ "$(id -u)" -eq 0 ] || skip "there is no chromium on the path, and only root may install it"
    local log=$interop/target/apt-chromium.log
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium)
    quietly "$log" 300 "${install[@]}" || { quietly "$log" 120 apt-get update && quietly "$log" 300 "${install[@]}"; } ||
      not_had apt "apt-get cannot install chromium"
    CHROMIUM=$(command -v chromium) || skip "there is no chromium"
  fi
  export CHROMIUM
  echo "peer: $("$CHROMIUM" --version 2>/dev/null)"
}

# Says which Element Call is in the call.
tell_element_call() {
  echo "peer: Element Call $(sed -n 's/.*call-embedded": "\(.*\)".*/\1/p' samples/cli/src/main/resources/io/matrixrtc/cli/widget/package.json) (embedded)"
}

# What a test needs that drives Element Call in Chromium from Java.
install_browser() {
  install_chromium
  install_sfu
  install_npm playwright
  ln -sfn node_modules/playwright-core "$interop/target/playwright/package"
  export PLAYWRIGHT_DRIVER_DIR=$interop/target/playwright PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
  PLAYWRIGHT_NODEJS_PATH=$(command -v node)
  export PLAYWRIGHT_NODEJS_PATH
  echo "peer: Playwright $(npm_version playwright playwright-core), axe-core $(npm_version playwright axe-core)"
  tell_element_call
}

# The module whose tests run_tests runs.
tests_of=samples/interop

# Runs test classes; prints the peers' logs if they fail.   run_tests CLASSES [OPTION ...]
run_tests() {
  local classes=$1
  shift
  rm -rf "$interop/target/peers" "$tests_of/target/surefire-reports"
  if timeout -k 10 900 "$mvn" -q -B -Dstyle.color=never -pl "$tests_of" -am -Djacoco.skip=true -Dinterop.excluded=none \
    -Dtest="$classes" -Dsurefire.failIfNoSpecifiedTests=false "$@" test; then
    summary "$classes"
    return 0
  fi
  failed_logs "$classes"
  return 1
}

# Prints the end of the logs of the peers whose tests failed, without what they say each second, and keeps them whole in
# samples/interop/target/failed.   failed_logs CLASSES
failed_logs() {
  local class test log
  mkdir -p "$interop/target/failed"
  for class in ${1//,/ }; do
    awk -F'"' '/<testcase /{name = $2} /<(failure|error)[ >]/{print name}' \
      "$(report_of "$class")" 2>/dev/null |
      while read -r test; do
        for log in "$interop/target/peers/$class.${test%%[({]*}"-*.log*; do
          [ -f "$log" ] || continue
          cp "$log" "$interop/target/failed/"
          echo "-- ${log##*/}"
          grep -v 'RestartDelayedEvent\|/delayed_events/\|^Queue: \|^  { ts: \|^\] *$\|^Date.now: \|MembershipManager \(applied\|before\)' "$log" |
            tail -n 80 | cut -c 1-300
        done
      done
  done
}

# Where a class's report is; none is named so before it has run.   report_of CLASS
report_of() {
  local report
  report=$(find "$tests_of/target/surefire-reports" -name "TEST-*.$1.xml" 2>/dev/null | head -n 1)
  echo "${report:-no-report}"
}

# Says how many tests ran: a stage with a test that was left out does not pass.   summary CLASSES
summary() {
  local class report tests=0 skipped=0 n
  for class in ${1//,/ }; do
    report=$(report_of "$class")
    [ -f "$report" ] || { echo "no report of $class"; return 1; }
    n=$(grep -c '<testcase ' "$report" || true)
    tests=$((tests + n))
    n=$(grep -c '<skipped' "$report" || true)
    skipped=$((skipped + n))
  done
  echo "$1: $tests tests ran, $skipped of them skipped"
  [ "$tests" -gt 0 ] && [ "$skipped" -eq 0 ]
}

# Plays a scenario file as its users would; prints what was done.   run_scenario FILE
run_scenario() {
  MATRIXRTC_JAVA_OPTS="-Dmatrixrtc.peers.prepared=$interop/target -Dmatrixrtc.peers.logs=$interop/target/peers" \
    timeout -k 10 300 ./matrixrtc demo --scenario "$1" --out "$interop/target/scenarios"
}
