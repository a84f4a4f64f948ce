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
    if (x < width - 44) pen.fillText((ms / 1000).toFixed(tick < 1000 ? (tick < 10 ? 3 : 2) : 0) + " s", x + 3, AXIS / 2);
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
