// Tells of the call's messages as they leave: what was meant, what the homeserver got, and its answer.

const TO_DEVICE = /\/sendToDevice\/([^/]+)\/[^/]+$/;
const IN_ROOM = /\/rooms\/([^/]+)\/(?:state|send)\/((?:org\.matrix\.msc|m\.call|io\.element\.call)[^/]*|m\.room\.encrypted)\/([^/]*)$/;
const ENCRYPTED = "m.room.encrypted";

/** An Olm message's body, which no other has. */
const olmBody = (content) => Object.values(content.ciphertext ?? {})[0]?.body;

/**
 * Gives a `fetch` for the client, and `watch`, to be told of the client once it has its crypto. A message is
 * {"event": "sent", to, type, clear, content, outcome}: `to` is "user:device" or "room", `type` and `clear` what
 * was meant (null if that is not known), `content` what was sent, `outcome` a status or "no answer".
 */
export function messageTeller(print) {
  const meant = new Map();
  let client;

  const toDevice = (type, { messages = {} }) =>
    Object.entries(messages).flatMap(([user, devices]) =>
      Object.entries(devices).map(([device, content]) => {
        const inClear = { type, content };
        const before = type === ENCRYPTED ? meant.get(olmBody(content)) : inClear;
        return { to: `${user}:${device}`, type: before?.type ?? type, clear: before?.content ?? null, content };
      }),
    );

  const inRoom = (room, type, transaction, content) => {
    if (type !== ENCRYPTED) {
      return [{ to: "room", type, clear: content, content }];
    }
    const event = client?.getRoom(room)?.getEventForTxnId(transaction);
    return [{ to: "room", type: event?.getType() ?? type, clear: event?.getContent() ?? null, content }];
  };

  const messages = (resource, { method, body } = {}) => {
    if (method !== "PUT" || typeof body !== "string") {
      return [];
    }
    const path = new URL(resource).pathname;
    const device = TO_DEVICE.exec(path);
    if (device) {
      return toDevice(decodeURIComponent(device[1]), JSON.parse(body));
    }
    const [, ...parts] = IN_ROOM.exec(path) ?? [];
    return parts.length ? inRoom(...parts.map(decodeURIComponent), JSON.parse(body)) : [];
  };

  return {
    async fetch(resource, options) {
      const leaving = messages(resource, options);
      let outcome = "no answer";
      try {
        const answer = await fetch(resource, options);
        outcome = String(answer.status);
        return answer;
      } finally {
        leaving.forEach((message) => print({ event: "sent", ...message, outcome }));
      }
    },

    /** What it encrypts for devices is known from now on. */
    watch(of) {
      client = of;
      const crypto = of.getCrypto();
      const encrypt = crypto.encryptToDeviceMessages.bind(crypto);
      crypto.encryptToDeviceMessages = async (type, devices, content) => {
        const batch = await encrypt(type, devices, content);
        batch.batch.forEach(({ payload }) => meant.set(olmBody(payload), { type, content }));
        return batch;
      };
    },
  };
}
