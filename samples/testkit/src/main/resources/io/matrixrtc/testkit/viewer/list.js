// The events that the filter lets through; only the rows in sight are in the page. The other scripts follow in the same scope.
const data = JSON.parse(document.getElementById("data").textContent);
const { rows, lanes, keys, kinds } = data;
const MS = 0, KIND = 1, LANE = 2, BAD = 3, TEXT = 4, KEY = 5, OTHER = 6, CHANGE = 7, DETAIL = 8;
const ROW = 26;
const COLOURS = ["#77aadd", "#ee8866", "#44bb99", "#d9c55a", "#f09ab0", "#b3c42e", "#8fd0f5", "#c9c042"];
const id = (name) => document.getElementById(name);
const kindNo = Object.fromEntries(kinds.map((kind, i) => [kind.id, i]));
const laneName = (lane) => (lane < 0 ? "script and servers" : lanes[lane].label);
const state = { pick: -1, query: "", kinds: kinds.map((k) => k.on), lanes: lanes.map(() => true), other: true, key: -1, from: 0, to: Math.max(1, data.length) };
let shown = [];
let haystack = null;

// ---- filter -------------------------------------------------------------------------------------------------
function textOf(i) {
  if (!haystack) haystack = new Array(rows.length);
  if (haystack[i] === undefined) {
    const row = rows[i];
    let text = row[TEXT];
    for (let d = DETAIL; d < row.length; d++) text += "\n" + row[d];
    if (row[KEY] >= 0) text += "\n" + keys[row[KEY]][3];
    haystack[i] = text.toLowerCase();
  }
  return haystack[i];
}

function wanted(i, words) {
  const row = rows[i];
  if (!state.kinds[row[KIND]]) return false;
  if (state.key >= 0 && row[KEY] !== state.key) return false;
  const lane = row[LANE] < 0 ? state.other : state.lanes[row[LANE]];
  if (!lane && !(row[OTHER] >= 0 && state.lanes[row[OTHER]])) return false;
  return words.every((word) => textOf(i).includes(word));
}

function filter() {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  shown = [];
  for (let i = 0; i < rows.length; i++) if (wanted(i, words)) shown.push(i);
  id("space").style.height = shown.length * ROW + "px";
  const bad = shown.reduce((n, i) => n + rows[i][BAD], 0);
  id("count").textContent = `${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} events, ${bad} bad`
    + (state.key >= 0 ? `, one key only` : "");
  id("nextbad").disabled = id("prevbad").disabled = bad === 0;
  drawList(true);
  drawTimeline();
}

// ---- the list: only the rows in sight are in the page --------------------------------------------------------
const pool = [];
let drawn = [-1, -1];

function makeRow() {
  const element = document.createElement("div");
  element.className = "row";
  element.setAttribute("role", "option");
  for (const name of ["ms", "kind", "text"]) {
    const part = document.createElement("span");
    part.className = name;
    element.append(part);
  }
  id("space").append(element);
  return element;
}

function drawList(again) {
  const list = id("list");
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
  if (!again && drawn[0] === first && drawn[1] === last) return;
  drawn = [first, last];
  while (pool.length < last - first) pool.push(makeRow());
  pool.forEach((element, n) => {
    const at = first + n;
    element.hidden = at >= last;
    element.style.display = at >= last ? "none" : "";
    if (at >= last) return;
    const i = shown[at], row = rows[i];
    element.style.transform = `translateY(${at * ROW}px)`;
    element.id = "row" + i;
    element.dataset.row = i;
    element.className = row[BAD] ? "row badrow" : "row";
    element.style.borderLeftColor = row[KEY] >= 0 ? colour(row[KEY]) : "transparent";
    element.setAttribute("aria-selected", i === state.pick);
    element.setAttribute("aria-posinset", at + 1);
    element.setAttribute("aria-setsize", shown.length);
    element.children[0].textContent = (row[MS] / 1000).toFixed(3);
    element.children[1].textContent = kinds[row[KIND]].label;
    element.children[2].textContent = row[TEXT];
  });
}

let waiting = false;
id("list").addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; drawList(false); });
}, { passive: true });
id("list").addEventListener("click", (event) => {
  const element = event.target.closest(".row");
  if (element) pick(Number(element.dataset.row));
});

function indexOf(i) {
  let low = 0, high = shown.length;
  while (low < high) { const mid = (low + high) >> 1; if (shown[mid] < i) low = mid + 1; else high = mid; }
  return low;
}

function pick(i, keepHash) {
  if (i < 0 || i >= rows.length) return;
  state.pick = i;
  const list = id("list"), at = indexOf(i);
  if (shown[at] === i) {
    const top = at * ROW;
    if (top < list.scrollTop) list.scrollTop = top - ROW;
    else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + 2 * ROW - list.clientHeight;
  }
  const ms = rows[i][MS];
  if (ms < state.from || ms > state.to) {
    const width = state.to - state.from;
    state.from = Math.max(0, ms - width / 2);
    state.to = state.from + width;
  }
  list.setAttribute("aria-activedescendant", "row" + i);
  drawList(true);
  drawTimeline();
  drawDetail();
  if (!keepHash) writeHash();
}

function step(by) {
  if (!shown.length) return;
  let at = indexOf(state.pick);
  if (shown[at] !== state.pick && by > 0) at--;
  pick(shown[Math.max(0, Math.min(shown.length - 1, state.pick < 0 ? 0 : at + by))]);
}

function stepTo(direction, is) {
  let at = indexOf(state.pick);
  if (state.pick < 0 && direction > 0) at = -1;
  for (at += direction; at >= 0 && at < shown.length; at += direction) {
    if (is(rows[shown[at]])) return pick(shown[at]);
  }
}
