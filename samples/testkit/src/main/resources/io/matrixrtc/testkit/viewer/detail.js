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
