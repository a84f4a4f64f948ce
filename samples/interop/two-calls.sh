# A call of two Element Calls through an SFU, for the stages that differ in that SFU alone. Sourced after stages.sh.

install_chromium
install_npm two-element-calls
tell_element_call

dir=$interop/target/two-element-calls
logs=$dir/logs
rm -rf "$logs"
mkdir -p "$logs"
secret=a-secret-of-32-characters-or-more
printf 'interop: %s\n' "$secret" >"$logs/key.txt"

running=()
trap 'for one in ${running[@]+"${running[@]}"}; do kill "$one" 2>/dev/null || true; done; wait 2>/dev/null || true' EXIT

fail() {
  echo "$1"
  for log in "$logs"/*.log; do
    echo "-- ${log##*/}"
    tail -n 40 "$log" | cut -c 1-300
  done
  exit 1
}

# Waits for lines in the output of a process.   await_lines PROCESS FILE PATTERN COUNT SECONDS
await_lines() {
  local n
  for _ in $(seq $(($5 * 2))); do
    n=$(grep -c "$3" "$2" 2>/dev/null || true)
    [ "${n:-0}" -ge "$4" ] && return 0
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.5
  done
  return 1
}

# Two users with Element Call in Chromium, hosted by `matrixrtc widget-host` on our homeserver, with tokens of our
# token service: they hear and see each other, encrypted.   two_calls SFU_URL
two_calls() {
  ./matrixrtc --version >"$logs/build.log" 2>&1 || fail "the command cannot be built"
  timeout -k 5 600 ./matrixrtc widget-host --json --port 0 --user alice --user bob \
    --livekit-url "$1" --key-file "$logs/key.txt" >"$logs/links.json" 2>"$logs/widget-host.log" &
  running+=($!)
  await_lines $! "$logs/links.json" '"link"' 2 180 || {
    if grep -q "npm could not fetch" "$logs/widget-host.log"; then
      not_had npm "$PWD/samples/cli/src/main/resources/io/matrixrtc/cli/widget" "npm cannot fetch Element Call"
    fi
    fail "the widget host did not start"
  }
  timeout -k 5 400 node "$dir/two-calls.mjs" --links "$logs/links.json" --sfu "$1" --key interop --secret "$secret" \
    --screenshots "$logs" 2>"$logs/browser.log" || fail "the call of two Element Calls failed"
}
