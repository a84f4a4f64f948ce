// ---- controls -----------------------------------------------------------------------------------------------
function chip(box, text, get, set, solo) {
  const button = element("button", text);
  button.type = "button";
  button.refresh = () => button.setAttribute("aria-pressed", get());
  button.onclick = (event) => { if (event.altKey) solo(); else set(!get()); refresh(); filter(); writeHash(); };
  button.title = "Alt and click: only this";
  box.append(button);
}
kinds.forEach((kind, n) => chip(id("kinds"), kind.label, () => state.kinds[n], (on) => { state.kinds[n] = on; },
  () => { state.kinds = kinds.map((k, m) => m === n); }));
lanes.forEach((lane, n) => chip(id("lanes"), lane.label, () => state.lanes[n], (on) => { state.lanes[n] = on; },
  () => { state.lanes = lanes.map((l, m) => m === n); state.other = false; }));
chip(id("lanes"), "script, server", () => state.other, (on) => { state.other = on; },
  () => { state.lanes = lanes.map(() => false); state.other = true; });
function refresh() { document.querySelectorAll("#kinds button, #lanes button").forEach((button) => button.refresh()); }

let typing = 0;
id("search").oninput = (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => { state.query = event.target.value; filter(); drawDetail(); writeHash(); }, 120);
};
id("clear").onclick = () => {
  state.query = id("search").value = "";
  state.kinds = kinds.map((kind) => kind.on);
  state.lanes = lanes.map(() => true);
  state.other = true;
  state.key = -1;
  refresh(); filter(); drawDetail(); writeHash();
};
const bad = (row) => row[BAD];
id("nextbad").onclick = () => stepTo(1, bad);
id("prevbad").onclick = () => stepTo(-1, bad);
id("theme").onclick = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  drawTimeline();
};
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTimeline);
id("link").onclick = async () => {
  writeHash();
  const button = id("link");
  try { await navigator.clipboard.writeText(location.href); button.textContent = "Copied"; }
  catch (refused) { button.textContent = "The link is in the address bar"; }
  setTimeout(() => { button.textContent = "Copy link"; }, 1500);
};

document.addEventListener("keydown", (event) => {
  const typingNow = event.target === id("search");
  if (event.key === "Escape") {
    if (typingNow) { id("list").focus(); } else { id("clear").click(); }
    return event.preventDefault();
  }
  if (typingNow) {
    if (event.key === "Enter" || event.key === "ArrowDown") { id("list").focus(); step(state.pick < 0 ? 0 : 1); event.preventDefault(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button")) return;
  const page = Math.max(1, Math.floor(id("list").clientHeight / ROW) - 1);
  const same = (row) => state.pick >= 0 && row[KEY] >= 0 && row[KEY] === rows[state.pick][KEY];
  const keysDown = {
    ArrowDown: () => step(1), j: () => step(1), ArrowUp: () => step(-1), k: () => step(-1),
    PageDown: () => step(page), PageUp: () => step(-page),
    Home: () => pick(shown[0]), End: () => pick(shown[shown.length - 1]),
    n: () => stepTo(1, bad), p: () => stepTo(-1, bad), "]": () => stepTo(1, same), "[": () => stepTo(-1, same),
    "+": () => zoom(0.5), "-": () => zoom(2), "/": () => id("search").focus(), Enter: () => id("detail").focus(),
  };
  const does = keysDown[event.key];
  if (does) { event.preventDefault(); does(); }
});

// ---- permalink ----------------------------------------------------------------------------------------------
function writeHash() {
  const parts = new URLSearchParams();
  if (state.pick >= 0) parts.set("e", state.pick);
  if (state.query) parts.set("q", state.query);
  if (state.key >= 0) parts.set("key", keys[state.key][3]);
  const off = kinds.filter((kind, n) => state.kinds[n] !== kind.on).map((kind) => kind.id);
  if (off.length) parts.set("k", off.join("."));
  const gone = lanes.filter((lane, n) => !state.lanes[n]).map((lane) => lane.label);
  if (gone.length) parts.set("l", gone.join("."));
  if (!state.other) parts.set("o", "0");
  if (state.from > 0 || state.to < data.length) parts.set("t", `${Math.round(state.from)}-${Math.round(state.to)}`);
  history.replaceState(null, "", "#" + parts);
}

function readHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  state.query = id("search").value = parts.get("q") || "";
  state.key = keys.findIndex((key) => key[3] === parts.get("key"));
  const off = (parts.get("k") || "").split(".");
  state.kinds = kinds.map((kind) => kind.on !== off.includes(kind.id));
  const gone = (parts.get("l") || "").split(".");
  state.lanes = lanes.map((lane) => !gone.includes(lane.label));
  state.other = parts.get("o") !== "0";
  const time = /^(\d+)-(\d+)$/.exec(parts.get("t") || "");
  if (time && Number(time[2]) > Number(time[1])) { state.from = Number(time[1]); state.to = Number(time[2]); }
  refresh();
  filter();
  const event = parts.get("e");
  if (event !== null && rows[Number(event)]) pick(Number(event), true);
}

addEventListener("hashchange", readHash);
addEventListener("resize", () => { drawList(true); drawTimeline(); });
const failing = rows.filter((row) => row[BAD] && row[KIND] === kindNo.check);
const checks = rows.filter((row) => row[KIND] === kindNo.check);
const verdict = id("verdict");
verdict.textContent = checks.length === 0 ? "No expectations in this trace"
  : failing.length === 0 ? `✓ All ${checks.length} expectations hold`
  : `✗ ${failing.length} of ${checks.length} expectations fail: ${failing[0][TEXT]}`;
verdict.className = checks.length === 0 ? "" : failing.length === 0 ? "good" : "bad";
readHash();
