"use strict";
(() => {
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

  // ---- the selected event -------------------------------------------------------------------------------------
  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function drawDetail() {
    const box = id("detail"), row = rows[state.pick];
    box.replaceChildren();
    if (!row) return;
    box.append(element("h2", row[TEXT], row[BAD] ? "bad" : ""));
    box.append(element("p", `${(row[MS] / 1000).toFixed(3)} s · ${kinds[row[KIND]].label} · ${laneName(row[LANE])}`, "when"));
    for (let d = DETAIL; d + 1 < row.length; d += 2) {
      if (!row[d + 1]) continue;
      box.append(element("h3", row[d]));
      const text = element("pre");
      mark(text, row[d + 1]);
      box.append(text);
    }
    if (row[KEY] >= 0) keyStory(box, row[KEY]);
  }

  function mark(box, text) {
    const word = state.query.trim().toLowerCase();
    const low = text.toLowerCase();
    let from = 0;
    for (let at = word ? low.indexOf(word) : -1; at >= 0; at = low.indexOf(word, from)) {
      box.append(text.slice(from, at), element("mark", text.slice(at, at + word.length)));
      from = at + word.length;
    }
    box.append(text.slice(from));
  }

  function keyStory(box, key) {
    const [lane, index, generation, print] = keys[key];
    box.append(element("h3", `Key ${index}${generation ? "+" + generation : ""} of ${laneName(lane)}, fingerprint ${print}`));
    const only = element("button", state.key === key ? "Show all keys" : "Show this key only");
    only.type = "button";
    only.onclick = () => { state.key = state.key === key ? -1 : key; filter(); drawDetail(); writeHash(); };
    box.append(only);
    const table = element("table");
    let count = 0;
    for (let i = 0; i < rows.length && count < 200; i++) {
      if (rows[i][KEY] !== key) continue;
      count++;
      const line = element("tr"), link = element("button", rows[i][TEXT]);
      link.type = "button";
      link.onclick = () => pick(i);
      const cell = element("td");
      cell.append(link);
      line.append(element("td", (rows[i][MS] / 1000).toFixed(3)), cell);
      table.append(line);
    }
    box.append(table);
  }

  // ---- the timeline -------------------------------------------------------------------------------------------
  const canvas = id("canvas");
  const LANE_PX = 30, AXIS = 22;
  const colour = (key) => COLOURS[keys[key][1] % COLOURS.length];
  const bars = [], uses = [], faults = [];
  (function read() {
    const here = new Map(), using = new Map(), open = new Map();
    const end = (map, lane, list, ms) => { const begun = map.get(lane); if (begun) { begun.to = ms; map.delete(lane); } };
    for (const row of rows) {
      const lane = row[LANE], change = row[CHANGE];
      if (row[KIND] === kindNo.member) {
        if (change === "joined" || change === "rejoined") {
          end(here, lane, bars, row[MS]);
          const bar = { lane, from: row[MS], to: data.length };
          here.set(lane, bar); bars.push(bar);
        } else if (change === "left" || change === "lost") {
          end(here, lane, bars, row[MS]); end(using, lane, uses, row[MS]);
        }
      } else if (row[KIND] === kindNo.used) {
        end(using, lane, uses, row[MS]);
        const use = { lane, from: row[MS], to: data.length, key: row[KEY] };
        using.set(lane, use); uses.push(use);
      } else if (row[KIND] === kindNo.fault) {
        const name = lane + row[TEXT].replace(/^Fault (begins|ends): /, "").replace(/ \(.*$/, "");
        if (change === "on") { const fault = { lane, from: row[MS], to: data.length }; open.set(name, fault); faults.push(fault); }
        else end(open, name, faults, row[MS]);
      }
    }
  })();

  function css(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  const gutter = () => (canvas.clientWidth < 600 ? 78 : 132);
  const laneY = (lane) => AXIS + (lane + 1) * LANE_PX;
  const xOf = (ms) => gutter() + ((ms - state.from) / (state.to - state.from)) * (canvas.clientWidth - gutter() - 8);
  const msOf = (x) => state.from + ((x - gutter()) / (canvas.clientWidth - gutter() - 8)) * (state.to - state.from);

  let drawing = false;
  function drawTimeline() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => { drawing = false; paint(); });
  }

  function paint() {
    const width = canvas.clientWidth, height = AXIS + (lanes.length + 1) * LANE_PX + 6, scale = devicePixelRatio || 1;
    canvas.style.height = height + "px";
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const ink = css("--ink"), soft = css("--soft"), line = css("--line"), base = css("--base"), bad = css("--bad"), fault = css("--fault");
    const left = gutter();
    pen.font = "12.5px system-ui, sans-serif";
    pen.textBaseline = "middle";
    axis(pen, width, height, soft, line);
    for (let lane = -1; lane < lanes.length; lane++) {
      const y = laneY(lane) + LANE_PX / 2;
      pen.fillStyle = lane < 0 ? soft : ink;
      pen.fillText(cut(pen, lane < 0 ? "script, server" : lanes[lane].label, left - 14), 10, y);
      pen.fillStyle = line;
      pen.fillRect(0, laneY(lane), width, 1);
    }
    pen.save();
    pen.beginPath();
    pen.rect(left, AXIS, width - left, height);
    pen.clip();
    const span = (bar, top, tall, style) => {
      const x = xOf(bar.from);
      pen.fillStyle = style;
      pen.fillRect(x, laneY(bar.lane) + top, Math.max(2, xOf(bar.to) - x), tall);
    };
    faults.forEach((bar) => span(bar, 2, 4, fault));
    bars.forEach((bar) => span(bar, 10, 12, base));
    uses.forEach((use) => span(use, 10, 12, colour(use.key)));
    marks(pen, width, ink, bad, soft);
    if (state.pick >= 0) picked(pen, height, ink);
    pen.restore();
    id("range").textContent = `${(state.from / 1000).toFixed(2)} to ${(state.to / 1000).toFixed(2)} s`;
  }

  function cut(pen, text, width) {
    while (text.length > 2 && pen.measureText(text).width > width) text = text.slice(0, -2) + "…";
    return text;
  }

  function axis(pen, width, height, soft, line) {
    const wish = (state.to - state.from) / Math.max(2, (width - gutter()) / 90);
    const ten = Math.pow(10, Math.floor(Math.log10(wish)));
    const tick = [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= wish);
    for (let ms = Math.ceil(state.from / tick) * tick; ms <= state.to; ms += tick) {
      const x = xOf(ms);
      pen.fillStyle = line;
      pen.fillRect(x, AXIS - 4, 1, height);
      pen.fillStyle = soft;
      pen.fillText((ms / 1000).toFixed(tick < 1000 ? (tick < 10 ? 3 : 2) : 0) + " s", x + 3, AXIS / 2);
    }
  }

  /** At most one mark of a kind for each two pixels of a lane: 100,000 rows cost no more than the page is wide. */
  function marks(pen, width, ink, bad, soft) {
    const seen = new Set();
    for (const i of shown) {
      const row = rows[i];
      if (row[MS] < state.from || row[MS] > state.to) continue;
      const x = xOf(row[MS]);
      const slot = ((row[LANE] + 1) * 64 + row[KIND] * 2 + row[BAD]) * 8192 + (x >> 1);
      if (seen.has(slot)) continue;
      seen.add(slot);
      shape(pen, row, x, laneY(row[LANE]) + 16, ink, bad, soft);
    }
  }

  function shape(pen, row, x, y, ink, bad, soft) {
    const kind = row[KIND];
    pen.fillStyle = row[BAD] ? bad : ink;
    pen.beginPath();
    if (row[BAD]) {
      pen.moveTo(x - 5, y - 9); pen.lineTo(x + 5, y - 9); pen.lineTo(x, y); pen.fill();
      pen.fillRect(x - 0.5, y - 2, 1, 12);
    } else if (kind === kindNo.made) {
      pen.moveTo(x, y - 5); pen.lineTo(x + 5, y); pen.lineTo(x, y + 5); pen.lineTo(x - 5, y); pen.fill();
    } else if (kind === kindNo.received) {
      pen.arc(x, y, 3, 0, 7); pen.fill();
    } else if (kind === kindNo.heard) {
      pen.fillRect(x - 1, y - 6, 2, 12);
    } else if (kind === kindNo.check) {
      pen.fillRect(x - 2, y - 2, 4, 4);
    } else if (kind === kindNo.message || kind === kindNo.offered || kind === kindNo.served) {
      pen.fillStyle = soft; pen.fillRect(x - 0.5, y + 7, 1, 5);
    } else if (kind === kindNo.member || kind === kindNo.fault) {
      pen.fillRect(x - 0.5, y - 12, 1, 24);
    }
  }

  /** The chosen moment, and the ways of its key from lane to lane. */
  function picked(pen, height, ink) {
    const row = rows[state.pick], x = xOf(row[MS]);
    pen.fillStyle = css("--focus");
    pen.fillRect(x - 0.5, AXIS - 4, 1.5, height);
    if (row[KEY] < 0) return;
    pen.strokeStyle = css("--focus");
    pen.lineWidth = 1.2;
    const sent = new Map();
    for (const other of rows) {
      if (other[KEY] !== row[KEY]) continue;
      if (other[KIND] === kindNo.offered) sent.set(other[OTHER], other[MS]);
      if (other[KIND] !== kindNo.received || other[OTHER] < 0) continue;
      const from = sent.get(other[LANE]);
      pen.beginPath();
      pen.moveTo(xOf(from === undefined ? other[MS] : from), laneY(other[OTHER]) + 16);
      pen.lineTo(xOf(other[MS]), laneY(other[LANE]) + 16);
      pen.stroke();
    }
  }

  function zoom(factor, around) {
    const at = around === undefined ? (state.pick >= 0 ? rows[state.pick][MS] : (state.from + state.to) / 2) : around;
    const width = Math.min(Math.max(2, (state.to - state.from) * factor), data.length + 1);
    const share = (at - state.from) / (state.to - state.from);
    state.from = Math.max(0, at - width * share);
    state.to = state.from + width;
    drawTimeline();
    writeHash();
  }

  let drag = null;
  canvas.addEventListener("pointerdown", (event) => { drag = { x: event.offsetX, from: state.from, to: state.to, moved: false }; });
  canvas.addEventListener("pointermove", (event) => {
    if (!drag || event.buttons === 0) return;
    const by = ((event.offsetX - drag.x) / (canvas.clientWidth - gutter())) * (drag.to - drag.from);
    if (Math.abs(event.offsetX - drag.x) > 4) drag.moved = true;
    if (!drag.moved) return;
    state.from = Math.max(0, drag.from - by);
    state.to = state.from + drag.to - drag.from;
    drawTimeline();
  });
  canvas.addEventListener("pointerup", (event) => {
    const moved = drag && drag.moved;
    drag = null;
    if (moved) return writeHash();
    const ms = msOf(event.offsetX), lane = Math.floor((event.offsetY - AXIS) / LANE_PX) - 1;
    let best = -1, distance = Infinity;
    for (const i of shown) {
      const far = Math.abs(rows[i][MS] - ms) * (rows[i][LANE] === lane ? 1 : 8);
      if (far < distance) { distance = far; best = i; }
    }
    pick(best);
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey) return; // plain scrolling stays the page's
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, msOf(event.offsetX));
  }, { passive: false });
  id("in").onclick = () => zoom(0.5);
  id("out").onclick = () => zoom(2);
  id("all").onclick = () => { state.from = 0; state.to = Math.max(1, data.length); drawTimeline(); writeHash(); };

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
})();
