// Who is in the call, and who has whose key: as far as the traffic shows it.
const MEMBER = 'org.matrix.msc3401.call.member';
const STICKY_MEMBER = 'org.matrix.msc4143.rtc.member';
const KEYS = 'io.element.call.encryption_keys';

export function callView(list, empty, title) {
  const members = new Map(); // state key or sticky key -> {user, device}
  const ours = new Map();    // user and device -> whether it was given the widget's key
  const theirs = new Map();  // user and device -> index of the last key that came
  const names = new Map();
  const own = new Set();     // state keys that the widget writes

  const device = (user, name) => `${user} ${name}`;

  function state(event) {
    const content = event.content ?? {};
    if (event.type === 'm.room.name' && content.name) {
      title.textContent = content.name;
      document.title = content.name;
    } else if (event.type === 'm.room.member' && content.displayname) {
      names.set(event.state_key, content.displayname);
    } else if (event.type === MEMBER) {
      if (content.device_id) members.set(event.state_key, { user: event.sender, device: content.device_id });
      else members.delete(event.state_key);
    } else if (event.type === STICKY_MEMBER) {
      const key = `${event.sender} ${content.msc4354_sticky_key ?? content.sticky_key}`;
      const who = content.member ?? {};
      const name = who.device_id ?? who.claimed_device_id;
      if (content.application && name) members.set(key, { user: event.sender, device: name });
      else members.delete(key);
    }
  }

  function keysSent({ data, response }) {
    for (const [user, devices] of Object.entries(data.messages ?? {})) {
      for (const name of Object.keys(devices)) {
        const failed = response.error || response.failures?.[user]?.includes(name);
        ours.set(device(user, name), failed ? 'was not reached' : 'has our key');
      }
    }
  }

  function message(way, shown) {
    const { action, data = {}, response } = shown;
    if (way === 'to' && !response) {
      if (action === 'update_state') (data.state ?? []).forEach(state);
      else if (action === 'send_event' && data.type === STICKY_MEMBER) state(data);
      else if (action === 'send_to_device' && data.type === KEYS) {
        const keys = [data.content?.keys ?? []].flat();
        theirs.set(device(data.sender, data.content?.member?.claimed_device_id), keys.at(-1)?.index);
      }
    } else if (action === 'send_event' && data.type === MEMBER && way === 'from' && !response) {
      own.add(data.state_key);
    } else if (action === 'send_to_device' && data.type === KEYS && way === 'to' && response) {
      keysSent(shown);
    }
    draw();
  }

  function draw() {
    empty.hidden = members.size > 0;
    list.replaceChildren(...[...members].map(([key, { user, device: name }]) => {
      const line = document.createElement('li');
      const who = document.createElement('strong');
      who.textContent = names.get(user) ?? user;
      const address = document.createElement('code');
      address.textContent = `${user} · ${name}`;
      const keys = document.createElement('span');
      keys.className = 'keys';
      const index = theirs.get(device(user, name));
      const given = ours.get(device(user, name));
      keys.textContent = own.has(key) ? 'this is you' : index === undefined && !given
        ? 'no keys exchanged'
        : `${index === undefined ? 'no key from it yet' : `we have its key ${index}`}; it ${given ?? 'has not been given ours'}`;
      line.append(who, address, keys);
      return line;
    }));
  }

  return { message };
}
