// The inspector: traffic, who is in the call and whose keys are known, permissions, events.
import { callView } from './call.js';
import { masked } from './mask.js';

const MAX_ENTRIES = 500;
const MAX_CHARS = 16 << 20; // of all entries
const MAX_EVENTS = 200;
const id = (name) => document.getElementById(name);
const [panelBox, toggle, log, filter, pause, counts] =
  ['panel', 'toggle', 'log', 'filter', 'pause', 'counts'].map(id);
const tabs = [...document.querySelectorAll('[role="tab"]')];
const calls = callView(id('member-list'), id('no-members'), id('title'));

let entries = [];      // {at, way, message, chars, row}
let chars = 0;
let paused = false;
let total = 0;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function message(way, raw, length) {
  try {
    calls.message(way, raw);
  } catch (error) { // anybody may have made its contents
    console.warn('the call view does not understand a message', error.name);
  }
  total += 1;
  if (!paused) add({ at: new Date(), way, message: masked(raw), chars: length });
  count();
}

function add(entry) {
  entry.row = row(entry);
  entries.push(entry);
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 40;
  log.append(entry.row);
  entry.row.hidden = !matches(entry);
  chars += entry.chars;
  while (entries.length > MAX_ENTRIES || (chars > MAX_CHARS && entries.length > 1)) {
    const oldest = entries.shift();
    oldest.row.remove();
    chars -= oldest.chars;
  }
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function row({ at, way, message: shown }) {
  const item = element('li', shown.response?.error ? 'error' : '');
  const details = element('details');
  const summary = element('summary');
  const arrow = element('span', `way ${way === 'to' ? 'in' : 'out'}`, way === 'to' ? '→' : '←');
  arrow.setAttribute('role', 'img');
  arrow.setAttribute('aria-label', way === 'to' ? 'to the widget' : 'from the widget');
  summary.append(arrow, element('span', 'what', describe(shown)), element('time', '', at.toTimeString().slice(0, 8)));
  details.append(summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) {
      details.append(element('pre', '', JSON.stringify(shown, null, 2)));
    }
  });
  item.append(details);
  return item;
}

function describe(shown) {
  const type = typeof shown.data?.type === 'string' ? ` ${shown.data.type}` : '';
  const end = shown.response ? (shown.response.error ? `: ${shown.response.error.message}` : ': answered') : '';
  return `${shown.action}${type}${end}`;
}

function matches({ way, message: shown }) {
  const wanted = filter.value.trim().toLowerCase();
  return !wanted || `${way} ${JSON.stringify(shown)}`.toLowerCase().includes(wanted);
}

function count() {
  const visible = entries.filter((entry) => !entry.row.hidden).length;
  counts.textContent = `${visible} shown of ${total}${paused ? ', paused' : ''}. Secrets are masked.`;
}

filter.addEventListener('input', () => {
  entries.forEach((entry) => { entry.row.hidden = !matches(entry); });
  count();
});
pause.addEventListener('click', () => {
  paused = !paused;
  pause.setAttribute('aria-pressed', String(paused));
  pause.textContent = paused ? 'Resume' : 'Pause';
  count();
});
id('clear').addEventListener('click', () => { entries = []; chars = 0; total = 0; log.replaceChildren(); count(); });
id('copy').addEventListener('click', async () => {
  const shown = entries.filter((entry) => !entry.row.hidden)
    .map((entry) => ({ at: entry.at.toISOString(), direction: entry.way === 'to' ? 'toWidget' : 'fromWidget', message: entry.message }));
  try {
    await navigator.clipboard.writeText(JSON.stringify(shown, null, 2));
    counts.textContent = `${shown.length} messages copied.`;
  } catch {
    counts.textContent = 'The browser does not let this page copy.';
  }
});

function granted(items) {
  id('no-grants').hidden = items.length > 0;
  id('grant-list').replaceChildren(...items.map((item) => {
    const line = element('li');
    const words = element('span', item.granted ? 'granted' : 'denied');
    words.append(element('span', 'unseen', item.granted ? 'Allowed: ' : 'Not allowed: '), item.text);
    line.append(words, element('code', '', item.id));
    return line;
  }));
}

function event({ level, text }) {
  id('no-events').hidden = true;
  const list = id('event-list');
  list.prepend(element('li', level === 'warning' ? 'warning' : '', `${new Date().toTimeString().slice(0, 8)} ${text}`));
  while (list.childElementCount > MAX_EVENTS) list.lastElementChild.remove();
}

function open(isOpen) {
  panelBox.hidden = !isOpen;
  toggle.setAttribute('aria-expanded', String(isOpen));
  if (isOpen) log.scrollTop = log.scrollHeight;
  if (isOpen) tabs.find((tab) => tab.getAttribute('aria-selected') === 'true').focus();
  else toggle.focus();
}

function select(chosen) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    id(tab.getAttribute('aria-controls')).hidden = !isChosen;
  }
}

toggle.addEventListener('click', () => open(panelBox.hidden));
id('close').addEventListener('click', () => open(false));
panelBox.addEventListener('keydown', (key) => { if (key.key === 'Escape') open(false); });
tabs.forEach((tab, index) => {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', (key) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
});

export const panel = { message, granted, event, newDocument: calls.newDocument };
