// Relays between the widget's frame and the server: every message once, in order, over as many
// connections as it takes. Decides nothing but who may speak: the frame itself, from its origin.
import { onBackupButton, showBackup } from './backup.js';
import { consent, withdraw } from './consent.js';
import { offer } from './offer.js';
import { panel } from './panel.js';
import { plain, Unfit } from './plain.js';

const status = document.getElementById('status');
const stage = document.getElementById('stage');
const hangup = document.getElementById('hangup');
const dark = matchMedia('(prefers-color-scheme: dark)');
const link = location.hash.slice(1);
history.replaceState(null, '', location.pathname); // the link is used up; keep it out of sight

const SANDBOX = 'allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin ' +
  'allow-scripts allow-presentation allow-downloads';
const ALLOW = 'microphone; camera; encrypted-media; autoplay; display-capture; clipboard-write; ' +
  'clipboard-read; speaker-selection; screen-wake-lock';

// What the server's reasons mean for the user. What to do about it, it says itself.
const OVER = {
  'session over': 'The session is over: the server does not know it any more, because it was started again or this page was away for too long.',
  'link has expired': 'This link has expired: a link must be opened soon after it was made.',
  'link was used': 'This link was used before: each link opens one session.',
  'link is not valid': 'This link is not known here: a part of it is missing, or the server was started again since it was made.',
  'the server is shutting down': 'The session is over: the server is shutting down.',
};

// What came in is acknowledged by the next frame that goes out; alone after this, in milliseconds, or so much.
const ACK_DELAY = 100;
const MAX_OWED = 64;
const MAX_OWED_CHARS = 65536;

// A document that has just begun asks for versions, then says content_loaded; so long it may take between the two, in milliseconds.
const BEGINNING = 2000;
const NEGOTIATION = ['supported_api_versions', 'capabilities', 'notify_capabilities'];

// What each message of the Widget API has; of one that is not passed on, so many characters of each are shown.
const ENVELOPE = ['api', 'widgetId', 'requestId', 'action'];
const MAX_SHOWN = 255;

// What waits for the server at most, and how much the page drops of the widget before it ends the session: as the server does.
const MAX_WAITING = 1024;
const MAX_WAITING_CHARS = 64 << 20;
const MAX_STRIKES = 500;
const STRIKE_WINDOW = 10000; // milliseconds

// By this code the server knows that the page has ended the session and will not come back: there may be no room for a frame.
const FAREWELL = 4000;

// Who has posed as the widget, and how often.
const strangers = new Map();
const MAX_STRANGERS = 20;

let socket = null;
let session = '';
let origin = '';
let url = '';
let frame = null;
let seen = 0;        // last number received
let owed = 0;        // frames received of which the server was not told
let owedChars = 0;
let telling = 0;     // timer: the server is told in any case
let sent = 0;        // last number given out
let unacknowledged = [];
let waitingChars = 0; // in them
let converting = 0;   // messages of the widget that are on their way to there
let strikes = [];     // when messages of the widget were dropped here, within the window
let over = false;
let untold = false;  // over, by this page alone: the server is to be told
let opening = '';    // request id of a content_loaded that the server has not answered
let held = null;     // pushes that may be meant for the document that was there before
let max = 0;         // longest message, in characters
let delay = 250;
let outgoing = Promise.resolve(); // conversions take time; the order stays

function say(text) { status.textContent = text; status.title = text; }

// What is kept until the server has it bounds what waits in the socket, too. A widget may use up all but a little of it:
// the page's own frames, of which there are few, always find room.
function put(entry) {
  if (over) return;
  const isWidgets = entry.t === 'msg' || entry.t === 'load';
  if (isWidgets && (unacknowledged.length >= MAX_WAITING || size(entry) > MAX_WAITING_CHARS - waitingChars)) {
    tooMuch();
    return;
  }
  entry.n = ++sent;
  unacknowledged.push(entry);
  waitingChars += size(entry);
  write(entry);
}

function size(entry) { return entry.text?.length ?? 0; }

function tooMuch() {
  giveUp('The session is over: the widget sent more than could be passed on to the server.');
}

// The widget, and nobody else, did what it should not: whoever can reach this window could end the session otherwise.
function strike() {
  const now = performance.now();
  strikes.push(now);
  while (strikes[0] <= now - STRIKE_WINDOW) strikes.shift();
  if (strikes.length > MAX_STRIKES) giveUp('The session is over: the widget sent far too many messages.');
}

function write(entry) {
  if (socket && socket.readyState === WebSocket.OPEN && session) {
    socket.send(JSON.stringify({ ...entry, ack: tellSeen() }));
  }
}

// The last number received, for a frame that goes out now.
function tellSeen() {
  owed = 0;
  owedChars = 0;
  clearTimeout(telling);
  telling = 0;
  return seen;
}

function acknowledge() {
  if (owed && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ t: 'ack', n: tellSeen() }));
}

function owe(chars) {
  owed += 1;
  owedChars += chars;
  if (owed >= MAX_OWED || owedChars >= MAX_OWED_CHARS) acknowledge();
  else if (!telling) telling = setTimeout(() => { telling = 0; acknowledge(); }, ACK_DELAY);
}

function acknowledged(number) {
  while (unacknowledged.length && unacknowledged[0].n <= number) waitingChars -= size(unacknowledged.shift());
}

function connect() {
  if (over && !untold) return;
  const base = location.pathname.replace(/[^/]*$/, '');
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${base}relay`);
  const mine = socket;
  mine.onopen = () => {
    mine.send(JSON.stringify(hello()));
    if (!untold) return;
    untold = false;
    mine.close(FAREWELL);
  };
  mine.onmessage = (event) => { if (mine === socket) receive(JSON.parse(event.data), event.data.length); };
  mine.onclose = () => {
    if ((over && !untold) || mine !== socket) return;
    if (!over) say('Connection lost. Trying again…');
    setTimeout(connect, delay);
    delay = Math.min(delay * 2, 5000);
  };
}

function hello() {
  if (session) return { t: 'hello', resume: session, seen: tellSeen() };
  const reload = link ? '' : sessionStorage.getItem('session') ?? '';
  return { t: 'hello', link, reload, dark: dark.matches };
}

function receive(entry, chars) {
  if (entry.t === 'welcome') {
    delay = 250;
    session = entry.session;
    sessionStorage.setItem('session', session); // for when the user reloads this page
    origin = entry.origin;
    max = entry.max;
    url = entry.url;
    say('');
    acknowledged(entry.seen);
    unacknowledged.forEach(write);
    if (!frame) show();
  } else if (entry.t === 'ack') {
    acknowledged(entry.n);
  } else if (entry.t === 'refused') {
    const known = OVER[entry.reason];
    finish(known ? `${known} ${entry.advice ?? ''}`.trim() : `The session is over: ${entry.reason}.`);
  } else if (entry.t === 'backup') {
    showBackup(entry);
  } else if (entry.t === 'advice') {
    advise(entry.text);
  } else if (Number.isInteger(entry.n)) {
    if (Number.isInteger(entry.ack)) acknowledged(entry.ack);
    const isNew = entry.n === seen + 1;
    if (isNew) seen = entry.n;
    owe(chars);
    if (isNew) take(entry);
  }
}

function take(entry) {
  if (entry.t === 'msg') {
    const message = JSON.parse(entry.text);
    if (opening && message.api === 'toWidget') return; // meant for the document that was there before
    if (opening === message.requestId) opening = '';
    if (held && message.api === 'toWidget' && !NEGOTIATION.includes(message.action)) held.push([message, entry.text.length]);
    else post(message, entry.text.length);
  } else if (entry.t === 'ask') {
    consent(entry).then((allow) => put({ t: 'answer', id: entry.id, allow }));
  } else if (entry.t === 'link') {
    offer(entry.url);
  } else if (entry.t === 'granted') {
    panel.granted(entry.items);
  } else if (entry.t === 'event') {
    panel.event(entry);
    if (entry.call) call(entry.call, entry.text);
  }
}

function post(message, length) {
  if (frame) frame.contentWindow.postMessage(message, origin);
  panel.message('to', message, length);
}

// Who asks for versions may be another document already, of which nothing else is known yet.
function hold() {
  if (held) return;
  const mine = held = [];
  setTimeout(() => {
    if (held !== mine) return;
    held = null;
    mine.forEach(([message, length]) => post(message, length));
  }, BEGINNING);
}

function call(state, text) {
  if (state === 'reloaded') { // what the document before has asked, and its keys, are gone with it
    withdraw();
    panel.newDocument();
    hangup.hidden = true;
    return;
  }
  say(text);
  hangup.hidden = state !== 'joined';
  if (state !== 'closed') return;
  remove();
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = 'Open it again';
  again.addEventListener('click', show);
  notice('The call is over.', again);
  again.focus();
}

function advise(text) {
  document.getElementById('advice-text').textContent = text;
  document.getElementById('advice').hidden = !text;
}

function notice(text, ...more) {
  const box = document.createElement('div');
  box.className = 'over';
  const words = document.createElement('p');
  words.textContent = text;
  box.append(words, ...more);
  stage.replaceChildren(box);
}

function remove() {
  withdraw();
  if (!frame) return;
  frame.src = 'about:blank'; // releases the camera
  frame.remove();
  frame = null;
}

// The page ends the session by itself. Without a connection it comes back only to say so.
function giveUp(text) {
  if (over) return;
  untold = socket.readyState !== WebSocket.OPEN;
  finish(text, FAREWELL);
}

function finish(text, code) {
  if (over) return;
  over = true;
  unacknowledged = [];
  socket?.close(code);
  sessionStorage.removeItem('session');
  hangup.hidden = true;
  advise('');
  offer('');
  say(text);
  remove();
  notice(text);
}

function show() {
  say('');
  opening = '';
  held = null;
  frame = document.createElement('iframe');
  frame.title = 'Widget';
  frame.setAttribute('sandbox', SANDBOX);
  frame.setAttribute('allow', ALLOW);
  frame.addEventListener('load', () => { outgoing = outgoing.then(() => put({ t: 'load' })); });
  frame.src = url;
  stage.replaceChildren(frame);
}

window.addEventListener('message', (event) => {
  if (!frame) return;
  const data = event.data;
  const isFrames = event.source === frame.contentWindow;
  if (!isEnvelope(data)) {
    if (isFrames) strike();
    return;
  }
  if (!isFrames || event.origin !== origin) {
    stranger(event);
    if (isFrames) strike();
    return;
  }
  if (converting >= MAX_WAITING) {
    tooMuch();
    return;
  }
  if (data.api === 'fromWidget' && data.action === 'supported_api_versions') hold();
  if (data.api === 'fromWidget' && data.action === 'content_loaded') {
    opening = data.requestId;
    held = null;
  }
  converting += 1;
  outgoing = outgoing.then(() => relay(data, event.origin)).finally(() => { converting -= 1; });
});

function isEnvelope(data) {
  return Boolean(data) && typeof data === 'object' && !Array.isArray(data) &&
    ENVELOPE.every((name) => typeof data[name] === 'string');
}

async function relay(data, from) {
  if (over) return;
  try {
    const message = await plain(data, max);
    const text = JSON.stringify(message);
    if (text.length > max) throw new Unfit('Message too long');
    panel.message('from', message, text.length);
    put({ t: 'msg', origin: from, source: true, text });
  } catch (error) {
    unfit(data, error instanceof Unfit ? error.message : 'Message cannot be read');
  }
}

function unfit(data, reason) {
  const envelope = Object.fromEntries(ENVELOPE.map((name) => [name, data[name].slice(0, MAX_SHOWN)]));
  panel.message('from', { ...envelope, data: { kept: reason } }, 0);
  tell(`A message of the widget was not passed on: ${reason}`);
  if (!data.response && frame) {
    frame.contentWindow.postMessage({ ...data, response: { error: { message: reason } } }, origin);
  }
  strike();
}

// Another window, or another page in the widget's frame, says what only the widget may. Of each the user is told once, and when
// there are ten times as many; of those that come from ever new places, as of one.
function stranger(event) {
  let who = `${event.source === frame.contentWindow ? 'another page in its frame' : 'another window'}, from ${event.origin}`;
  if (!strangers.has(who) && strangers.size >= MAX_STRANGERS) who = 'others';
  const times = (strangers.get(who) ?? 0) + 1;
  strangers.set(who, times);
  if (!/^10*$/.test(String(times))) return;
  tell(`${times === 1 ? 'A message' : `${times} messages`} posing as the widget's, of ${who}: dropped`);
}

function tell(text) { panel.event({ level: 'warning', text }); }

hangup.addEventListener('click', () => put({ t: 'hangup' }));
onBackupButton((want) => put({ t: 'backup', want }));
document.getElementById('advice-hide').addEventListener('click', () => advise(''));
dark.addEventListener('change', () => { if (session) put({ t: 'theme', dark: dark.matches }); });
// A new link in the address bar of this page: a browser takes it for another place on it.
window.addEventListener('hashchange', () => { if (location.hash.length > 1) location.reload(); });

connect();
