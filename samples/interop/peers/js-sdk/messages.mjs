// Tells of the call's messages as they leave: what was meant, what the homeserver got, and its answer.

const TO_DEVICE = /\/sendToDevice\/([^/]+)\/[^/]+$/;
const IN_ROOM = /\/rooms\/([^/]+)\/(?:send\/|state\/(?=org\.matrix\.msc|m\.call))([^/]+)\/([^/]*)$/;
const ENCRYPTED = "m.room.encrypted";

const MEGOLM = "m.megolm.v1.aes-sha2";

/** An Olm message's body, which no other has. */
const olmBody = (content) => Object.values(content.ciphertext ?? {})[0]?.body;

/** The contents of a to-device body, one for each device. */
const contents = ({ messages = {} }) => Object.values(messages).flatMap((devices) => Object.values(devices));

/**
 * Gives a function for the sessions of a room that a device has made since it was asked last. Their keys stay in
 * WebAssembly, as the SDK leaves them there.
 */
function newSessions(machine) {
  const known = new Set();
  return async (room) => {
    const fresh = [];
    const own = machine.identityKeys.curve25519.toBase64();
    await machine.exportRoomKeys((session) => {
      const { sessionId } = session;
      if (session.roomId.toString() === room && session.senderKey.toBase64() === own && !known.has(sessionId)) {
        known.add(sessionId);
        fresh.push(sessionId);
      }
      return false;
    });
    return fresh;
  };
}

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

  /** A room's key is sealed in WebAssembly: of what is meant its session is known, and its key is not. */
  const watchRoomKeys = (machine) => {
    const share = machine.shareRoomKey.bind(machine);
    const sessions = newSessions(machine);
    const current = new Map();
    machine.shareRoomKey = async (roomId, ...how) => {
      const room = roomId.toString();
      const requests = await share(roomId, ...how);
      const fresh = await sessions(room);
      if (fresh.length) {
        current.set(room, fresh.length === 1 ? fresh[0] : undefined); // of several one cannot say which
      }
      const content = { algorithm: MEGOLM, room_id: room, session_id: current.get(room) };
      requests
        .filter((request) => request.event_type === ENCRYPTED)
        .flatMap((request) => contents(JSON.parse(request.body)))
        .forEach((sealed) => meant.set(olmBody(sealed), { type: "m.room_key", content }));
      return requests;
    };
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
      watchRoomKeys(crypto.olmMachine);
    },
  };
}
