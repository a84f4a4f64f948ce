// The Rust SDK's Olm machine in WebAssembly, doing what OwnDialogue does: one machine, and the
// devices of others, each of a user of its own. Keeps everything in memory.
//
//   node machine.mjs <devices> <events of each device>
//
// Reads one command a line and answers "ok" when it is done:
//   send     the machine encrypts one event for every device (measured)
//   answer   the devices decrypt that, and each encrypts its events
//   receive  the machine takes all of those as one sync (measured)

import { createInterface } from "node:readline";
import {
  CollectStrategy,
  DeviceId,
  DeviceLists,
  initAsync,
  OlmMachine,
  ProcessedToDeviceEventType,
  RequestType,
  UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";

const EVENT_TYPE = "io.element.call.encryption_keys";
const [deviceCount, eventsPerDevice] = process.argv.slice(2).map(Number);

const server = { devices: {}, oneTimeKeys: {} };

function content() {
  return {
    room_id: "!call-room-id-here:example.org",
    keys: { index: 7, key: "MDEyMzQ1Njc4OWFiY2RlZg" },
    member: { id: "01234567-89ab-cdef-0123-456789abcdef" },
    session: { application: "m.call", call_id: "" },
    sent_ts: 1772366400000,
  };
}

async function open(user, device) {
  const machine = await OlmMachine.initialize(new UserId(user), new DeviceId(device));
  machine.roomKeyRequestsEnabled = false;
  return { user, device, machine };
}

// Carries out what a machine wants of the key server.
async function settle(party) {
  for (let round = 0; round < 10; round++) {
    const requests = await party.machine.outgoingRequests();
    if (requests.length === 0) {
      return;
    }
    for (const request of requests) {
      const answer = serve(party, request.type, JSON.parse(request.body ?? "{}"));
      await party.machine.markRequestAsSent(request.id, request.type, JSON.stringify(answer));
    }
  }
  throw new Error("never satisfied");
}

function serve(party, type, body) {
  if (type === RequestType.KeysUpload) {
    if (body.device_keys) {
      (server.devices[party.user] ??= {})[party.device] = body.device_keys;
    }
    Object.assign((server.oneTimeKeys[party.user] ??= {}), body.one_time_keys ?? {});
    const count = Object.keys(server.oneTimeKeys[party.user]).length;
    return { one_time_key_counts: { signed_curve25519: count } };
  }
  if (type === RequestType.KeysQuery) {
    const users = Object.keys(body.device_keys);
    return {
      device_keys: Object.fromEntries(users.map((user) => [user, server.devices[user] ?? {}])),
    };
  }
  if (type === RequestType.KeysClaim) {
    const claimed = {};
    for (const [user, devices] of Object.entries(body.one_time_keys)) {
      const [id] = Object.keys(server.oneTimeKeys[user]);
      for (const device of Object.keys(devices)) {
        claimed[user] = { [device]: { [id]: server.oneTimeKeys[user][id] } };
      }
      delete server.oneTimeKeys[user][id];
    }
    return { one_time_keys: claimed };
  }
  return {};
}

async function track(party, users) {
  await party.machine.updateTrackedUsers(users.map((user) => new UserId(user)));
  await settle(party);
}

async function encrypt(from, to) {
  const device = await from.machine.getDevice(new UserId(to.user), new DeviceId(to.device));
  return device.encryptToDeviceEvent(EVENT_TYPE, content(), CollectStrategy.allDevices());
}

function event(from, encrypted) {
  return { type: "m.room.encrypted", sender: from.user, content: JSON.parse(encrypted) };
}

async function receive(party, events) {
  return party.machine.receiveSyncChanges(
    events,
    new DeviceLists(),
    new Map([["signed_curve25519", 50]]),
    new Set(["signed_curve25519"]),
  );
}

function checkDecrypted(results, count) {
  const decrypted = results.filter((each) => each.type === ProcessedToDeviceEventType.Decrypted);
  if (results.length !== count || decrypted.length !== count) {
    throw new Error(`${decrypted.length} of ${count} events were decrypted`);
  }
}

await initAsync();
const own = await open("@own:example.org", "OWNDEVICE");
const others = [];
for (let i = 0; i < deviceCount; i++) {
  others.push(await open(`@user${i}:example.org`, `DEVICE${i}`));
}
await settle(own);
for (const other of others) {
  await settle(other);
}
await track(
  own,
  others.map((other) => other.user),
);
const claim = await own.machine.getMissingSessions(others.map((other) => new UserId(other.user)));
const claimed = serve(own, RequestType.KeysClaim, JSON.parse(claim.body));
await own.machine.markRequestAsSent(claim.id, RequestType.KeysClaim, JSON.stringify(claimed));
for (const other of others) {
  await track(other, [own.user]);
}

let sent = [];
let sync = "[]";

const commands = {
  async send() {
    sent = await Promise.all(others.map((other) => encrypt(own, other)));
  },
  async answer() {
    const perDevice = [];
    for (const [i, other] of others.entries()) {
      checkDecrypted(await receive(other, JSON.stringify([event(own, sent[i])])), 1);
      const events = [];
      for (let n = 0; n < eventsPerDevice; n++) {
        events.push(event(other, await encrypt(other, own)));
      }
      perDevice.push(events);
    }
    const events = [];
    for (let n = 0; n < eventsPerDevice; n++) {
      events.push(...perDevice.map((ofDevice) => ofDevice[n]));
    }
    sync = JSON.stringify(events);
  },
  async receive() {
    checkDecrypted(await receive(own, sync), deviceCount * eventsPerDevice);
  },
};

console.log("ok");
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await commands[line]();
    console.log("ok");
  } catch (e) {
    console.log(`failed: ${e?.message ?? e}`);
  }
}
