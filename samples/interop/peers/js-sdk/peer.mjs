// One device of matrix-js-sdk, driven by JSON lines: a command on stdin is {"id", "do", ...}, its
// answer on stdout {"id", "ok"} or {"id", "error"}; what happens meanwhile is {"event", ...}.
// Everything that the SDK prints goes to stderr.
import { createInterface } from "node:readline";
import { format } from "node:util";

for (const level of ["log", "info", "debug", "warn", "error", "trace"]) {
  console[level] = (...args) => process.stderr.write(`${level} ${format(...args)}\n`);
}
// Node 20 lacks it, and the SDK's sync loop ends without it.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
};

const { createClient, ClientEvent, SyncState, RoomEvent, KnownMembership } = await import("matrix-js-sdk");
const { MatrixRTCSessionEvent } = await import("matrix-js-sdk/lib/matrixrtc/index.js");
const { roomCommands, watchMessages } = await import("./rooms.mjs");
const { callCommands } = await import("./calls.mjs");
const { backupCommands, storageCallbacks } = await import("./backup.mjs");
const { messageTeller } = await import("./messages.mjs");

let client;
let session;
let store;
let login;

const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const teller = messageTeller(print);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

/** Resolves once `ready` gives something; looked at again after each of the client's `events`. */
function until(events, ready) {
  return new Promise((resolve) => {
    const look = () => {
      const found = ready();
      if (found) {
        events.forEach((event) => client.off(event, look));
        resolve(found);
      }
    };
    events.forEach((event) => client.on(event, look));
    look();
  });
}

const joinedRoom = (roomId) =>
  until([ClientEvent.Room, ClientEvent.Sync, RoomEvent.MyMembership], () => {
    const room = client.getRoom(roomId);
    return room?.getMyMembership() === KnownMembership.Join && room.hasEncryptionStateEvent() ? room : undefined;
  });

/** Tells of each key that the session gives to the media layer. */
function tellKeys() {
  session.on(MatrixRTCSessionEvent.EncryptionKeyChanged, (key, index, membership) => {
    // Up to 39 it names the participant, "user:device".
    const colon = typeof membership === "string" ? membership.lastIndexOf(":") : 0;
    const [user, device] = colon
      ? [membership.slice(0, colon), membership.slice(colon + 1)]
      : [membership.userId, membership.deviceId];
    print({ event: "key", user, device, index, key: base64(key) });
  });
  session.on(MatrixRTCSessionEvent.MembershipManagerError, (error) =>
    print({ event: "membership-error", text: String(error) }),
  );
}

const commands = {
  /** Logs in as a new device; one that `keeps` its store can be saved, and goes on `from` that file. */
  async start({ homeserver, user, password, device, keeps = false, from }) {
    store = keeps ? await import("./store.mjs") : undefined;
    login = from
      ? await store.load(from)
      : await createClient({ baseUrl: homeserver }).loginRequest({
          type: "m.login.password",
          identifier: { type: "m.id.user", user },
          password,
          device_id: device,
        });
    client = createClient({
      baseUrl: homeserver,
      accessToken: login.access_token,
      userId: login.user_id,
      deviceId: login.device_id,
      cryptoCallbacks: storageCallbacks,
      fetchFn: teller.fetch,
    });
    await client.initRustCrypto({ useIndexedDB: keeps });
    teller.watch(client);
    client.on(ClientEvent.ReceivedToDeviceMessage, ({ message, encryptionInfo }) =>
      print({
        event: "to-device",
        type: message.type,
        sender: message.sender,
        content: message.content,
        encrypted: encryptionInfo !== null,
        senderDevice: encryptionInfo?.senderDevice ?? "",
        senderKey: encryptionInfo?.senderCurve25519KeyBase64 ?? "",
      }),
    );
    watchMessages(client, print);
    await client.startClient({ initialSyncLimit: 8 });
    await until([ClientEvent.Sync], () =>
      [SyncState.Prepared, SyncState.Syncing].includes(client.getSyncState()),
    );
    const keys = await client.getCrypto().getOwnDeviceKeys();
    return { user: login.user_id, device: login.device_id, ...keys };
  },

  /** Keeps in a file what a browser keeps when a page is closed. */
  async save({ file }) {
    await store.save(file, login);
    return {};
  },

  async join({ room }) {
    await client.joinRoom(room);
    await joinedRoom(room);
    return {};
  },

  /** Makes a cross-signing identity and signs this device with it. */
  async crossSign() {
    await client.getCrypto().bootstrapCrossSigning({ authUploadDeviceSigningKeys: (upload) => upload(null) });
    return {};
  },

  /** The devices of a user, as this peer knows them. */
  async devices({ user }) {
    const known = (await client.getCrypto().getUserDeviceInfo([user], true)).get(user) ?? new Map();
    return { devices: [...known.values()].map((one) => ({ device: one.deviceId, curve25519: one.getIdentityKey() })) };
  },

  /** Encrypts a to-device event for devices and sends it; says to how many, and as which Olm type. */
  async send({ type, content, to }) {
    const targets = to.map(({ user, device }) => ({ userId: user, deviceId: device }));
    const batch = await client.getCrypto().encryptToDeviceMessages(type, targets, content);
    await client.queueToDevice(batch);
    return { olmTypes: batch.batch.map(({ payload }) => Object.values(payload.ciphertext)[0].type) };
  },

  /**
   * Joins the call with the SDK's own MatrixRTCSession; it makes and sends keys by itself. `options` are
   * of its configuration.
   */
  async joinCall({ room, service = "http://127.0.0.1:1", options = {} }) {
    const joining = client.matrixRTC.getRoomSession(await joinedRoom(room));
    if (joining !== session) {
      session = joining;
      tellKeys();
    }
    const transport = { type: "livekit", livekit_service_url: service, livekit_alias: room };
    const [userId, deviceId] = [client.getUserId(), client.getDeviceId()];
    const config = { manageMediaKeys: true, useKeyDelay: 200, ...options };
    if (session.joinRTCSession) {
      session.joinRTCSession({ userId, deviceId, memberId: `${userId}:${deviceId}` }, [transport], transport, config);
    } else {
      session.joinRoomSession([transport], transport, config); // up to 39: its keys are room events
    }
    return {};
  },

  async leaveCall() {
    return { left: await session.leaveRoomSession(5000) };
  },

  async stop() {
    client?.stopClient();
    setTimeout(() => process.exit(0), 0);
    return {};
  },
};

Object.assign(
  commands,
  roomCommands(() => client),
  callCommands(() => client, joinedRoom, print),
  backupCommands(() => client),
);

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, do: name, ...args } = JSON.parse(line);
    try {
      print({ id, ok: await commands[name](args) });
    } catch (error) {
      console.error(`command ${name} failed:`, error);
      print({ id, error: String(error) });
    }
  })
  .on("close", () => process.exit(0));
print({ event: "ready" });
