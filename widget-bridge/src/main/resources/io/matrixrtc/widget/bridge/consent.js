// Asks the user, one question after the other. Escape, or closing it otherwise, is a no.
const dialog = document.getElementById('consent');
const title = document.getElementById('consent-title');
const words = document.getElementById('consent-text');
const items = document.getElementById('consent-items');
const yes = document.getElementById('consent-yes');
const no = document.getElementById('consent-no');

let last = Promise.resolve();
let withdrawn = 0; // how often

/** Resolves with the ids that are allowed, or with yes or no. */
export function consent(question) {
  const openId = question.kind === 'openid';
  const mine = withdrawn;
  const answer = last.then(() => {
    if (mine !== withdrawn) return openId ? false : [];
    return openId ? askOpenId() : askCapabilities(question);
  });
  last = answer;
  return answer;
}

/** Nobody waits for what was asked so far: each is a no, and off the screen. */
export function withdraw() {
  withdrawn += 1;
  if (dialog.open) dialog.close();
}

function askOpenId() {
  title.textContent = 'May this widget know who you are?';
  words.textContent = 'It would be given a proof of your user id, which it may show to its own server. ' +
    'It cannot read or send anything with it.';
  items.replaceChildren();
  yes.textContent = 'Yes, prove who I am';
  no.textContent = 'No';
  return opened(() => true, false);
}

function askCapabilities(question) {
  title.textContent = 'This widget asks for permissions';
  words.textContent = (question.room ? `It is shown in the room ${question.room}. ` : '') +
    'Untick what it should not do. It can ask again later; what you do not allow stays forbidden.';
  const groups = new Map();
  for (const item of question.items) {
    if (!groups.has(item.group)) groups.set(item.group, []);
    groups.get(item.group).push(item);
  }
  items.replaceChildren(...[...groups].map(([name, all]) => fieldset(name, all)));
  yes.textContent = 'Allow what is ticked';
  no.textContent = 'Allow nothing';
  return opened(() => [...items.querySelectorAll('input:checked')].map((box) => box.value), []);
}

function fieldset(name, all) {
  const set = document.createElement('fieldset');
  const legend = document.createElement('legend');
  legend.textContent = name;
  set.append(legend, ...all.map((item) => {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.value = item.id;
    box.checked = true;
    const text = document.createElement('span');
    text.textContent = item.text;
    label.title = item.id;
    label.append(box, text);
    return label;
  }));
  return set;
}

function opened(result, otherwise) {
  return new Promise((done) => {
    let answer = otherwise;
    const allow = () => { answer = result(); };
    const refuse = () => dialog.close();
    const closed = () => {
      document.getElementById('consent-form').removeEventListener('submit', allow);
      no.removeEventListener('click', refuse);
      done(answer);
    };
    document.getElementById('consent-form').addEventListener('submit', allow);
    no.addEventListener('click', refuse);
    dialog.addEventListener('close', closed, { once: true });
    dialog.showModal();
    no.focus();
  });
}
