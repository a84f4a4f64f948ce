// Commands of a js-sdk peer about encrypted rooms and identities. What it reads is told as
// {"event": "message", ...}, what it cannot read as {"event": "unread", "code", ...}.
import { ClientEvent, MatrixEventEvent } from "matrix-js-sdk";
import { DeviceId, LocalTrust, UserId } from "@matrix-org/matrix-sdk-crypto-wasm";

/** Tells of the encrypted messages of others, once for each time that their state changes. */
export function watchMessages(client, print) {
  const look = (event) => {
    if (!event.isEncrypted() || event.getSender() === client.getUserId() || event.isBeingDecrypted()) {
      return;
    }
    const what = { room: event.getRoomId(), id: event.getId(), sender: event.getSender() };
    if (event.isDecryptionFailure()) {
      print({ event: "unread", code: event.decryptionFailureReason, ...what });
    } else if (event.getType() === "m.room.message") {
      const session = event.getWireContent().session_id;
      print({ event: "message", body: event.getContent().body, session, ...what });
    }
  };
  client.on(MatrixEventEvent.Decrypted, look);
  client.on(ClientEvent.Event, look);
}

export const roomCommands = (client) => {
  const machine = () => client().getCrypto().olmMachine;
  const device = (user, id) => machine().getDevice(new UserId(user), new DeviceId(id));
  const request = (it) => client().getCrypto().outgoingRequestProcessor.makeOutgoingRequest(it);

  const realTime = Date.now;
  let ahead = 0;

  return {
    /** Puts the clock forward by which the SDK judges the age of its keys. */
    async age({ millis }) {
      ahead += millis;
      Date.now = () => realTime() + ahead;
      return {};
    },

    /** Sends a request as this device. */
    async http({ method, path, body }) {
      const answer = await fetch(new URL(path, client().baseUrl), {
        method,
        headers: { Authorization: `Bearer ${client().getAccessToken()}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!answer.ok) {
        throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      }
      return answer.json();
    },

    /** Makes an encrypted room that anyone may join and call in. */
    async createRoom({ name }) {
      const made = await client().createRoom({
        name,
        preset: "public_chat",
        power_level_content_override: { events: { "org.matrix.msc3401.call.member": 0 } },
        initial_state: [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }],
      });
      return { room: made.room_id };
    },

    /** Sends an encrypted message; gives its event id. */
    async post({ room, body }) {
      return { id: (await client().sendTextMessage(room, body)).event_id };
    },

    async leaveRoom({ room }) {
      await client().leave(room);
      return {};
    },

    /** Keeps room keys from a device. */
    async block({ user, device: id }) {
      await client().getCrypto().getUserDeviceInfo([user], true);
      await (await device(user, id)).setLocalTrust(LocalTrust.BlackListed);
      return {};
    },

    /** Signs one of the own user's devices; if its `fingerprint` was seen, only if it is the same. */
    async signDevice({ device: id, fingerprint }) {
      const own = client().getUserId();
      const known = (await client().getCrypto().getUserDeviceInfo([own], true)).get(own)?.get(id)?.getFingerprint();
      if (fingerprint && fingerprint !== known) {
        throw new Error(`another key of ${id} is known: ${known}`);
      }
      await client().getCrypto().crossSignDevice(id);
      return {};
    },

    /** Says that a user's identity was compared, and signs it where that can be. */
    async verifyIdentity({ user, master }) {
      await client().getCrypto().getUserDeviceInfo([user], true);
      const identity = await machine().getIdentity(new UserId(user));
      const known = Object.values(JSON.parse(identity.masterKey).keys)[0];
      if (known !== master) {
        throw new Error(`another master key is known: ${known}`);
      }
      await request(await identity.verify());
      return {};
    },

    /** How far a user and a device are trusted. */
    async trust({ user, device: id }) {
      const crypto = client().getCrypto();
      await crypto.getUserDeviceInfo([user], true);
      const ofUser = await crypto.getUserVerificationStatus(user);
      const ofDevice = await crypto.getDeviceVerificationStatus(user, id);
      const identity = await machine().getIdentity(new UserId(user));
      return {
        master: identity ? Object.values(JSON.parse(identity.masterKey).keys)[0] : "",
        userVerified: ofUser.isCrossSigningVerified(),
        signedByOwner: ofDevice?.signedByOwner ?? false,
        deviceVerified: ofDevice?.isVerified() ?? false,
      };
    },
  };
};
