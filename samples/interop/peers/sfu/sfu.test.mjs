// What the stand-in refuses, and that it lives on.   node --test sfu.test.mjs
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { CreateRoomRequest, DisconnectReason, LeaveRequest_Action, SignalRequest, SignalResponse } from "@livekit/protocol";
import WebSocket from "ws";
import { joinGrant, TokenRefused, verify } from "./token.mjs";

const KEY = "key";
const SECRET = "the secret of these tests";
const NOW = 1_800_000_000;
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function token(claims, { secret = SECRET, header = { alg: "HS256" } } = {}) {
  const signed = `${part(header)}.${part({ iss: KEY, exp: NOW + 100, ...claims })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const refused = (text, why) =>
  assert.throws(() => verify(text, KEY, SECRET, NOW), (error) => error instanceof TokenRefused && why.test(error.message));

test("a token counts only if it is signed, in time, and for this key", () => {
  assert.equal(verify(token({ sub: "alice" }), KEY, SECRET, NOW).sub, "alice");
  refused(undefined, /no token/);
  refused("a.b", /no token/);
  refused("a.b.c", /malformed/);
  refused(token({}).slice(0, -2), /signature/);
  refused(token({}, { secret: "another" }), /signature/);
  refused(token({}, { header: { alg: "none" } }), /HS256/);
  refused(token({ iss: "other" }), /key is unknown/);
  refused(token({ exp: undefined }), /does not expire/);
  refused(token({ exp: NOW - 61 }), /expired/);
  assert.ok(verify(token({ exp: NOW - 60 }), KEY, SECRET, NOW));
  refused(token({ nbf: NOW + 61 }), /not valid yet/);
  assert.ok(verify(token({ nbf: NOW + 60 }), KEY, SECRET, NOW));
});

test("a token for joining names the room and the participant", () => {
  const grant = joinGrant({ sub: "alice", video: { roomJoin: true, room: "r", canPublish: false } });
  assert.deepEqual([grant.canPublish, grant.canPublishData, grant.canSubscribe], [false, false, true]);
  assert.throws(() => joinGrant({ sub: "alice", video: { room: "r" } }), TokenRefused);
  assert.throws(() => joinGrant({ sub: "alice", video: { roomJoin: true } }), TokenRefused);
  assert.throws(() => joinGrant({ video: { roomJoin: true, room: "r" } }), TokenRefused);
});

let server;
let url;
const live = (identity, video = { roomJoin: true, room: "r" }) =>
  token({ sub: identity, exp: Math.floor(Date.now() / 1000) + 100, video });

before(async () => {
  const main = new URL("./main.mjs", import.meta.url).pathname;
  server = spawn(process.execPath, [main, "--port", "0", "--key", KEY, "--secret", SECRET], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  url = JSON.parse(line).url;
});
after(() => server.kill());

/** Joins by /rtc, and collects what the stand-in says. */
async function join(identity) {
  const socket = new WebSocket(`${url}/rtc?access_token=${live(identity)}`);
  const said = [];
  const waiting = [];
  socket.on("message", (bytes) => {
    said.push(SignalResponse.fromBinary(bytes).message);
    waiting.forEach((look) => look());
  });
  const until = (what) =>
    new Promise((resolve) => {
      const look = () => {
        const found = said.find(what);
        if (found) resolve(found.value);
      };
      waiting.push(look);
      look();
    });
  const joined = await until((message) => message.case === "join");
  const send = (name, value) => socket.send(new SignalRequest({ message: { case: name, value } }).toBinary());
  return { socket, joined, until, send, closed: once(socket, "close") };
}

const statusOf = (path) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url + path);
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode));
    socket.on("open", () => resolve("open"));
    socket.on("error", () => {});
  });

test("who has no token for it does not get in", async () => {
  assert.equal(await statusOf("/rtc"), 401);
  assert.equal(await statusOf(`/rtc?access_token=${live("a", { room: "r" })}`), 401);
  assert.equal(await statusOf(`/other?access_token=${live("a")}`), 404);
  assert.equal(await statusOf(`/rtc/v1?access_token=${live("a")}&join_request=AAAA`), 400);
  assert.equal(await statusOf(`/rtc?access_token=${live("a")}`), "open");
});

test("a client that is gone before its answer harms nobody", async () => {
  const { hostname, port } = new URL(url);
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write("GET /other HTTP/1.1\r\nhost: sfu\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
    await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
  }
  assert.equal(await statusOf(`/rtc?access_token=${live("a")}`), "open");
});

test("bytes that are no signalling end that session alone", async () => {
  const [alice, bob] = [await join("alice"), await join("bob")];
  bob.socket.send(Buffer.from([0xff, 0xff, 0xff]));
  const leave = await bob.until((message) => message.case === "leave");
  assert.equal(leave.action, LeaveRequest_Action.RECONNECT);
  await bob.closed;
  await alice.until(({ case: name, value }) => name === "update" && value.participants.some((one) => one.identity === "bob" && one.state === 3));
  alice.send("pingReq", { timestamp: 7n, rtt: 0n });
  assert.equal((await alice.until((message) => message.case === "pongResp")).lastPingTimestamp, 7n);
  alice.send("leave", { reason: DisconnectReason.CLIENT_INITIATED });
  await alice.closed;
});

test("an offer that is none ends the session; the next one is served", async () => {
  const carol = await join("carol");
  carol.send("offer", { type: "offer", sdp: "v=0\r\nm=audio 9 nonsense\r\n", id: 1 });
  await carol.closed;
  const again = await join("carol");
  assert.equal(again.joined.participant.identity, "carol");
  again.socket.close();
});

test("a second session of an identity ends the first", async () => {
  const first = await join("dave");
  const second = await join("dave");
  const leave = await first.until((message) => message.case === "leave");
  assert.deepEqual([leave.reason, leave.action], [DisconnectReason.DUPLICATE_IDENTITY, LeaveRequest_Action.DISCONNECT]);
  await first.closed;
  second.send("pingReq", { timestamp: 8n, rtt: 0n });
  await second.until((message) => message.case === "pongResp");
  second.socket.close();
});

test("rooms are made and looked at only with the grants for it", async () => {
  const call = (method, video, body) =>
    fetch(`${url.replace("ws", "http")}/twirp/livekit.RoomService/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${live("service", video)}` },
      body: JSON.stringify(body),
    });
  assert.equal((await call("CreateRoom", {}, { name: "new" })).status, 403);
  const made = await call("CreateRoom", { roomCreate: true }, { name: "new" });
  assert.equal((await made.json()).name, "new");
  assert.equal((await call("GetParticipant", { roomAdmin: true, room: "new" }, { room: "new", identity: "x" })).status, 404);
  assert.equal((await call("GetParticipant", { roomAdmin: true, room: "other" }, { room: "new", identity: "x" })).status, 403);
  assert.equal((await call("Nothing", { roomAdmin: true }, {})).status, 404);
  const binary = await fetch(`${url.replace("ws", "http")}/twirp/livekit.RoomService/CreateRoom`, {
    method: "POST",
    headers: { "content-type": "application/protobuf", authorization: `Bearer ${live("service", { roomCreate: true })}` },
    body: new CreateRoomRequest({ name: "new" }).toBinary(),
  });
  assert.equal(binary.status, 200);
});
