// Who is in the call, and who has whose key: as far as the traffic shows it.
const MEMBER = 'org.matrix.msc3401.call.member';
const STICKY_MEMBER = 'org.matrix.msc4143.rtc.member';
const KEYS = 'io.element.call.encryption_keys';
const EVERY_DEVICE = '*';

// A key may come so long before the membership of the one who sent it, in milliseconds: to-device messages are told first.
const AHEAD = 5000;

export function callView(list, empty, title) {
  const members = new Map();   // state key or sticky key -> {user, device, start, event}
  const ours = new Map();      // user and device -> {index, failed} of the widget's key that it was last sent
  const theirs = new Map();    // user and device -> {index, at} of the last key that came
  const names = new Map();
  const own = new Set();       // state keys that the widget writes
  const ownEvents = new Set(); // ids of the sticky memberships that it has sent
  let newest;                  // index of the widget's last key

  const device = (user, name) => `${user} ${name}`;

  // Another document knows nobody and has nobody's keys; it is told everything again.
  function newDocument() {
    [members, ours, theirs, own, ownEvents].forEach((kept) => kept.clear());
    newest = undefined;
    draw();
  }

  function state(event) {
    const content = event.content ?? {};
    if (event.type === 'm.room.name' && content.name) {
      title.textContent = content.name;
      document.title = content.name;
    } else if (event.type === 'm.room.member' && content.displayname) {
      names.set(event.state_key, content.displayname);
    } else if (event.type === MEMBER) {
      member(event.state_key, content.device_id, event);
    } else if (event.type === STICKY_MEMBER) {
      const who = content.member ?? {};
      const name = content.application && (who.device_id ?? who.claimed_device_id);
      member(`${event.sender} ${content.msc4354_sticky_key ?? content.sticky_key}`, name, event);
    }
  }

  // Who joins anew has a new key and none of ours; what came of it a moment ago is of the new one already.
  function member(key, name, event) {
    const before = members.get(key);
    const now = name && { user: event.sender, device: name, start: event.content.created_ts ?? event.origin_server_ts, event: event.event_id };
    if (now) members.set(key, now);
    else members.delete(key);
    if (!before) return;
    const isOwn = own.has(key) || ownEvents.has(before.event);
    if (!now && isOwn) {
      ours.clear();
      theirs.clear();
      newest = undefined;
    } else if (!now || now.device !== before.device || (now.start !== before.start && event.type === MEMBER)) {
      forget(before, now?.device === before.device ? performance.now() - AHEAD : Infinity);
    }
  }

  function forget({ user, device: name }, until) {
    const address = device(user, name);
    const elsewhere = [...members.values()].some((one) => device(one.user, one.device) === address);
    if (until === Infinity && elsewhere) return; // in the call by another membership
    ours.delete(address);
    if (theirs.get(address)?.at < until) theirs.delete(address);
  }

  // A `*` is every device that is not named beside it, of those that failed as of those that were sent to: for the view,
  // whoever is in the call by then. Who comes later was not given it.
  function keysSent({ data, response }) {
    for (const [user, devices] of Object.entries(data.messages ?? {})) {
      const missed = [response.failures?.[user] ?? []].flat();
      const rest = [...members.values()].filter((one) => one.user === user && EVERY_DEVICE in devices).map((one) => one.device);
      for (const name of new Set([...rest, ...Object.keys(devices), ...missed])) {
        if (name === EVERY_DEVICE) continue;
        const index = [(devices[name] ?? devices[EVERY_DEVICE])?.keys ?? []].flat().at(-1)?.index;
        const isMissed = missed.includes(name) || (missed.includes(EVERY_DEVICE) && !(EVERY_DEVICE in devices && name in devices));
        // without a list of those that were missed, an error is of all
        ours.set(device(user, name), { index, failed: isMissed || Boolean(response.error && !response.failures) });
        newest = index ?? newest;
      }
    }
  }

  function message(way, shown) {
    const { action, data = {}, response } = shown;
    if (way === 'to' && !response) {
      if (action === 'update_state') (data.state ?? []).forEach(state);
      else if (action === 'send_event' && data.type === STICKY_MEMBER) state(data);
      else if (action === 'send_to_device' && data.type === KEYS) {
        const index = [data.content?.keys ?? []].flat().at(-1)?.index;
        theirs.set(device(data.sender, data.content?.member?.claimed_device_id), { index, at: performance.now() });
      }
    } else if (action === 'send_event' && data.type === MEMBER && way === 'from' && !response) {
      own.add(data.state_key);
    } else if (action === 'send_event' && data.type === STICKY_MEMBER && way === 'to' && response?.event_id) {
      ownEvents.add(response.event_id);
    } else if (action === 'send_to_device' && data.type === KEYS && way === 'to' && response) {
      keysSent(shown);
    }
    draw();
  }

  function given({ user, device: name }) {
    const key = ours.get(device(user, name));
    if (!key) return '';
    if (key.failed) return 'was not reached';
    return key.index === undefined || key.index === newest ? 'has our key' : 'has an older key of ours';
  }

  function keysOf(member) {
    const key = theirs.get(device(member.user, member.device));
    const sent = given(member);
    if (!key && !sent) return 'no keys exchanged';
    return `${key ? `we have its key ${key.index}` : 'no key from it yet'}; it ${sent || 'has not been given ours'}`;
  }

  function draw() {
    empty.hidden = members.size > 0;
    list.replaceChildren(...[...members].map(([key, member]) => {
      const line = document.createElement('li');
      const who = document.createElement('strong');
      who.textContent = names.get(member.user) ?? member.user;
      const address = document.createElement('code');
      address.textContent = `${member.user} · ${member.device}`;
      const keys = document.createElement('span');
      keys.className = 'keys';
      keys.textContent = own.has(key) || ownEvents.has(member.event) ? 'this is you' : keysOf(member);
      line.append(who, address, keys);
      return line;
    }));
  }

  return { message, newDocument };
}
