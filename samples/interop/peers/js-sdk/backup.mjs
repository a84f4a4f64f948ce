// Commands of a js-sdk peer about key backups, secret storage, key files and shared history.
import { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { CryptoEvent, decodeRecoveryKey, deriveRecoveryKeyFromPassphrase } from "matrix-js-sdk/lib/crypto-api/index.js";

/** As Element writes files: so many characters in a line. */
const LINE = 128;

/** Gives the key of secret storage for its description; what a person would type. */
let typed = () => null;

export const storageCallbacks = {
  async getSecretStorageKey({ keys }) {
    for (const [id, description] of Object.entries(keys)) {
      const key = await typed(description);
      if (key) {
        return [id, key];
      }
    }
    return null;
  },
  cacheSecretStorageKey(id, description, key) {
    typed = () => key;
  },
};

const type = ({ recoveryKey, passphrase }) => {
  typed = recoveryKey
    ? () => decodeRecoveryKey(recoveryKey)
    : ({ passphrase: info }) =>
        info ? deriveRecoveryKeyFromPassphrase(passphrase, info.salt, info.iterations, info.bits) : null;
};

export const backupCommands = (client) => {
  const crypto = () => client().getCrypto();

  return {
    /** Makes secret storage and a backup; both the passphrase and the recovery key open it. */
    async createBackup({ passphrase }) {
      let made;
      await crypto().bootstrapSecretStorage({
        setupNewSecretStorage: true,
        setupNewKeyBackup: true,
        createSecretStorageKey: async () => (made = await crypto().createRecoveryKeyFromPassphrase(passphrase)),
      });
      return { recoveryKey: made.encodedPrivateKey, version: await crypto().getActiveSessionBackupVersion() };
    },

    /** Opens secret storage by recovery key or passphrase and brings the whole backup. */
    async restoreBackup({ recoveryKey, passphrase }) {
      type({ recoveryKey, passphrase });
      await crypto().loadSessionBackupPrivateKeyFromSecretStorage();
      const { total, imported } = await crypto().restoreKeyBackup();
      return { total, imported };
    },

    /** How far the SDK trusts the backup that is on the server. */
    async backupTrust() {
      const check = await crypto().checkKeyBackupAndEnable();
      return { version: check?.backupInfo.version ?? "", ...check?.trustInfo };
    },

    /** Puts a dehydrated device on the server and says its id, with its key in secret storage (MSC3814). */
    async dehydrate() {
      if (!(await crypto().isDehydrationSupported())) {
        throw new Error("the server has no dehydrated devices");
      }
      await crypto().startDehydration({ rehydrate: false });
      const prefix = "/_matrix/client/unstable/org.matrix.msc3814.v1";
      const made = await client().http.authedRequest("GET", "/dehydrated_device", undefined, undefined, { prefix });
      return { device: made.device_id };
    },

    /** Opens secret storage, signs this device, and reads what the dehydrated device got. */
    async rehydrate({ recoveryKey, passphrase }) {
      type({ recoveryKey, passphrase });
      await crypto().bootstrapCrossSigning({});
      const told = { keys: 0, events: 0, completed: false, error: "" };
      client().on(CryptoEvent.RehydrationProgress, (keys, events) => Object.assign(told, { keys, events }));
      client().on(CryptoEvent.RehydrationCompleted, () => (told.completed = true));
      client().on(CryptoEvent.RehydrationError, (error) => (told.error = error));
      await crypto().startDehydration();
      return told;
    },

    /** Writes all keys to a file as Element does. */
    async exportKeys({ passphrase }) {
      const sealed = OlmMachine.encryptExportedRoomKeys(await crypto().exportRoomKeysAsJson(), passphrase, 10_000);
      const [header, body, footer] = sealed.split("\n").filter((line) => line);
      const lines = body.match(new RegExp(`.{1,${LINE}}`, "g"));
      return { file: [header, ...lines, footer, ""].join("\n") };
    },

    /** Reads a key file. */
    async importKeys({ file, passphrase }) {
      await crypto().importRoomKeysAsJson(OlmMachine.decryptExportedRoomKeys(file, passphrase));
      return {};
    },

    /** The ids of the sessions that are held of a room. */
    async heldKeys({ room }) {
      const keys = await crypto().exportRoomKeys();
      return { sessions: keys.filter((key) => key.room_id === room).map((key) => key.session_id) };
    },

    /** Makes an encrypted room whose history those who join later may read. */
    async createSharedRoom() {
      const { room_id: room } = await client().createRoom({
        preset: "private_chat",
        initial_state: [
          { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
          { type: "m.room.history_visibility", state_key: "", content: { history_visibility: "shared" } },
        ],
      });
      return { room };
    },

    /** Joins a room once it has heard of the invite, without which it takes no history. */
    async acceptInvite({ room }) {
      while (client().getRoom(room)?.getMyMembership() !== "invite") {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await client().joinRoom(room);
      return {};
    },

    /** Invites somebody; the SDK shares the room's history by itself. */
    async invite({ room, user }) {
      await client().invite(room, user);
      return {};
    },
  };
};
