// Relays between the widget's frame and the server: every message once, in order, over as many
// connections as it takes. Decides nothing but who may speak: the frame itself, from its origin.
const status = document.getElementById('status');
const stage = document.getElementById('stage');
const link = location.hash.slice(1);
history.replaceState(null, '', location.pathname); // the link is used up; keep it out of sight

const SANDBOX = 'allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin ' +
  'allow-scripts allow-presentation allow-downloads';
const ALLOW = 'microphone; camera; encrypted-media; autoplay; display-capture; clipboard-write; ' +
  'clipboard-read; speaker-selection';

let socket = null;
let session = '';
let origin = '';
let frame = null;
let seen = 0;        // last number received
let sent = 0;        // last number given out
let unacknowledged = [];
let over = false;
let max = 0;         // longest message, in characters
let delay = 250;
let outgoing = Promise.resolve(); // conversions take time; the order stays

function say(text) { status.textContent = text; }

function put(entry) {
  entry.n = ++sent;
  unacknowledged.push(entry);
  write(entry);
}

function write(entry) {
  if (socket && socket.readyState === WebSocket.OPEN && session) socket.send(JSON.stringify(entry));
}

function connect() {
  const base = location.pathname.replace(/[^/]*$/, '');
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${base}relay`);
  const mine = socket;
  mine.onopen = () => mine.send(JSON.stringify(session ? { t: 'hello', resume: session, seen } : { t: 'hello', link }));
  mine.onmessage = (event) => { if (mine === socket) receive(JSON.parse(event.data)); };
  mine.onclose = () => {
    if (over || mine !== socket) return;
    say('Connection lost. Trying again…');
    setTimeout(connect, delay);
    delay = Math.min(delay * 2, 5000);
  };
}

function receive(entry) {
  if (entry.t === 'welcome') {
    delay = 250;
    session = entry.session;
    origin = entry.origin;
    max = entry.max;
    say('');
    unacknowledged = unacknowledged.filter((kept) => kept.n > entry.seen);
    unacknowledged.forEach(write);
    if (!frame) show(entry.url);
  } else if (entry.t === 'ack') {
    unacknowledged = unacknowledged.filter((kept) => kept.n > entry.n);
  } else if (entry.t === 'msg') {
    if (entry.n === seen + 1) {
      seen = entry.n;
      if (frame) frame.contentWindow.postMessage(JSON.parse(entry.text), origin);
    }
    socket.send(JSON.stringify({ t: 'ack', n: seen }));
  } else if (entry.t === 'refused') {
    finish(`The call was ended: ${entry.reason}.`);
  }
}

function finish(text) {
  over = true;
  say(text);
  if (frame) { frame.src = 'about:blank'; frame.remove(); frame = null; } // releases the camera
}

function show(url) {
  frame = document.createElement('iframe');
  frame.title = 'Widget';
  frame.setAttribute('sandbox', SANDBOX);
  frame.setAttribute('allow', ALLOW);
  frame.addEventListener('load', () => { outgoing = outgoing.then(() => put({ t: 'load' })); });
  frame.src = url;
  stage.append(frame);
}

async function plain(value) {
  if (value instanceof Blob) return { $base64: await base64(value), type: value.type };
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return { $base64: await base64(new Blob([value])) };
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (value && typeof value === 'object') {
    const entries = await Promise.all(Object.entries(value).map(async ([name, item]) => [name, await plain(item)]));
    return Object.fromEntries(entries);
  }
  return value;
}

function base64(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

window.addEventListener('message', (event) => {
  if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
  const data = event.data;
  if (!data || typeof data !== 'object' || Array.isArray(data)) return;
  if (['api', 'widgetId', 'requestId', 'action'].some((name) => typeof data[name] !== 'string')) return;
  outgoing = outgoing
    .then(() => plain(data))
    .then((message) => {
      const text = JSON.stringify(message);
      if (text.length <= max) put({ t: 'msg', origin: event.origin, source: true, text });
      else if (!data.response && frame) tooLong(data);
    })
    .catch((error) => console.warn('a message could not be relayed', error.name));
});

function tooLong(request) {
  const reply = { ...request, response: { error: { message: 'Message too long' } } };
  frame.contentWindow.postMessage(reply, origin);
}

connect();
