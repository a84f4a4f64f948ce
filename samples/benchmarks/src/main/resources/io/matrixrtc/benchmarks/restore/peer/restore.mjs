// The Rust SDK's Olm machine in WebAssembly, restoring a whole backup from a file as matrix-js-sdk
// does it: the answer is parsed, opened and imported in chunks of 200 keys. Keeps everything in
// memory.
//
//   node restore.mjs <answer of GET /room_keys/keys> <private key in base64>
//
// Prints one JSON object: how many keys the machine holds at the end, and the seconds it took.

import { readFileSync } from "node:fs";
import {
  BackupDecryptionKey,
  DeviceId,
  initAsync,
  OlmMachine,
  RoomId,
  UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";

const CHUNK = 200;
const [file, secret] = process.argv.slice(2);

await initAsync();
const machine = await OlmMachine.initialize(
  new UserId("@own:example.org"),
  new DeviceId("OWNDEVICE"),
);
const key = BackupDecryptionKey.fromBase64(secret);

function open(entry, sessionId) {
  const { ephemeral, mac, ciphertext } = entry.session_data;
  const data = JSON.parse(key.decryptV1(ephemeral, mac, ciphertext));
  data.session_id = sessionId;
  return data;
}

async function importKeys(chunk) {
  const rooms = new Map();
  for (const [roomId, sessions] of chunk) {
    rooms.set(new RoomId(roomId), sessions);
  }
  await machine.importBackedUpRoomKeys(rooms, undefined, "1");
}

const start = performance.now();
const answer = JSON.parse(readFileSync(file, "utf8"));
let chunk = new Map();
let size = 0;
for (const [roomId, { sessions }] of Object.entries(answer.rooms)) {
  for (const [sessionId, entry] of Object.entries(sessions)) {
    if (!chunk.has(roomId)) {
      chunk.set(roomId, new Map());
    }
    chunk.get(roomId).set(sessionId, open(entry, sessionId));
    size++;
    if (size === CHUNK) {
      await importKeys(chunk);
      chunk = new Map();
      size = 0;
    }
  }
}
await importKeys(chunk);
const seconds = (performance.now() - start) / 1000;
const { total } = await machine.roomKeyCounts();
console.log(JSON.stringify({ keys: Number(total), seconds }));
