// A participant without codecs: it hands over the encoded frames of the others as they travel, still
// encrypted, and sends such frames. Driven by JSON lines: a command on stdin is {"id", "do", ...},
// its answer on stdout {"id", "ok"} or {"id", "error"}.
import { randomInt } from "node:crypto";
import { createInterface } from "node:readline";
import { AddTrackRequest, Encryption_Type, SignalRequest, SignalResponse, SignalTarget, TrackSource, TrackType } from "@livekit/protocol";
import { MediaStream, MediaStreamTrack, RtpHeader, RtpPacket, Vp8RtpPayload } from "werift";
import WebSocket from "ws";
import { addCandidate, newPeerConnection } from "./peer-connections.mjs";

const HOST = "127.0.0.1";
const MAX_PAYLOAD_BYTES = 1100;
const CLOCK_RATE = { audio: 48000, video: 90000 };
const PING_MS = 5000;

const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");

let socket;
let publisher;
let subscriber;
const identities = new Map();
const published = new Map();
const waiting = new Map();
const incoming = new Map();

const send = (name, value) => socket.send(new SignalRequest({ message: { case: name, value } }).toBinary());

/** Resolves with the next thing of a name that comes. */
const next = (name) => new Promise((resolve) => waiting.set(name, resolve));
function came(name, value) {
  waiting.get(name)?.(value);
  waiting.delete(name);
}

/** Puts the packets of one track together to frames; keeps them while somebody records. */
class Incoming {
  #vp8 = { timestamp: undefined, parts: [] };

  constructor(receiver, kind, sid) {
    this.sid = sid;
    this.kind = kind;
    this.receiver = receiver;
    this.recording = undefined;
    this.packets = 0;
    receiver.track.onReceiveRtp.subscribe((packet) => this.#take(packet));
  }

  #take({ header, payload }) {
    if (payload.length === 0) return;
    this.packets++;
    if (this.kind === "audio") {
      this.#frame(payload, header.timestamp, false);
      return;
    }
    const part = Vp8RtpPayload.deSerialize(payload);
    if (part.isPartitionHead && this.#vp8.timestamp !== header.timestamp) this.#vp8 = { timestamp: header.timestamp, parts: [] };
    if (this.#vp8.timestamp !== header.timestamp) return;
    this.#vp8.parts.push({ number: header.sequenceNumber, payload: part.payload });
    if (!header.marker) return;
    const parts = this.#vp8.parts.sort((one, two) => ((one.number - two.number + 0x8000) & 0xffff) - 0x8000);
    const whole = ((parts.at(-1).number - parts[0].number) & 0xffff) === parts.length - 1;
    const frame = Buffer.concat(parts.map((one) => one.payload));
    this.#vp8 = { timestamp: undefined, parts: [] };
    if (whole) this.#frame(frame, header.timestamp, (frame[0] & 1) === 0);
  }

  #frame(data, timestamp, key) {
    const recording = this.recording;
    if (!recording) return;
    // A recording of video starts with a frame that can be decoded on its own.
    if (this.kind === "video" && recording.frames.length === 0 && !key) return;
    recording.frames.push({ data: data.toString("base64"), timestamp, key });
    if (recording.frames.length === recording.count) {
      this.recording = undefined;
      recording.done(recording.frames);
    }
  }

  record(count) {
    return new Promise((done) => {
      this.recording = { frames: [], count, done };
      this.askForKeyFrame();
    });
  }

  askForKeyFrame() {
    const { ssrc } = this.receiver.track;
    if (this.kind === "video" && ssrc) this.receiver.sendRtcpPLI(ssrc).catch(() => {});
  }
}

async function takeOffer({ sdp, id }) {
  await subscriber.setRemoteDescription({ type: "offer", sdp });
  await subscriber.setLocalDescription(await subscriber.createAnswer());
  send("answer", { type: "answer", sdp: subscriber.localDescription.sdp, id });
}

let offers = Promise.resolve();
const handlers = {
  offer: (offer) => {
    offers = offers.then(() => takeOffer(offer)).catch((error) => console.error("offer:", error));
  },
  answer: async ({ sdp }) => {
    await publisher.setRemoteDescription({ type: "answer", sdp });
    came("answer");
  },
  trickle: ({ candidateInit, target }) =>
    addCandidate(target === SignalTarget.SUBSCRIBER ? subscriber : publisher, JSON.parse(candidateInit)),
  update: ({ participants }) => participants.forEach((one) => identities.set(one.sid, one.identity)),
  trackPublished: (value) => came("trackPublished", value),
  leave: ({ reason, action }) => print({ event: "sent-away", reason, action }),
};

const commands = {
  async join({ url, token }) {
    publisher = newPeerConnection(HOST);
    subscriber = newPeerConnection(HOST);
    subscriber.ontrack = ({ receiver, transceiver }) => {
      const [owner, sid] = receiver.remoteStreamId.split("|");
      incoming.set(`${identities.get(owner)}/${transceiver.kind}`, new Incoming(receiver, transceiver.kind, sid));
    };
    const connected = new Promise((done) => subscriber.connectionStateChange.subscribe((state) => state === "connected" && done()));
    socket = new WebSocket(`${url}/rtc?access_token=${token}&auto_subscribe=1&protocol=16`);
    const joined = next("join");
    socket.on("message", (bytes) => {
      const { message } = SignalResponse.fromBinary(bytes);
      if (message.case === "join") came("join", message.value);
      else handlers[message.case]?.(message.value);
    });
    socket.on("error", (error) => print({ event: "socket-error", text: error.message }));
    const { participant, otherParticipants } = await joined;
    otherParticipants.forEach((one) => identities.set(one.sid, one.identity));
    setInterval(() => send("pingReq", { timestamp: BigInt(Date.now()), rtt: 0n }), PING_MS).unref();
    await connected;
    return { identity: participant.identity, sid: participant.sid };
  },

  /** How many packets of a track of a participant came. */
  packets: async ({ from, kind }) => ({ packets: incoming.get(`${from}/${kind}`)?.packets ?? 0 }),

  /** The first `count` frames of a track of a participant from now on, in order. */
  async record({ from, kind, count }) {
    const track = incoming.get(`${from}/${kind}`);
    if (!track) throw new Error(`${from} publishes no ${kind}`);
    return { frames: await track.record(count) };
  },

  /** Publishes a track; the frames for it come by `play`. */
  async publish({ kind, encrypted }) {
    const track = new MediaStreamTrack({ kind });
    const transceiver = publisher.addTransceiver(track, { direction: "sendonly", streams: [new MediaStream({ id: "raw" })] });
    const cid = transceiver.sender.trackId;
    const announced = next("trackPublished");
    const video = kind === "video";
    send(
      "addTrack",
      new AddTrackRequest({
        cid,
        name: kind,
        type: video ? TrackType.VIDEO : TrackType.AUDIO,
        source: video ? TrackSource.CAMERA : TrackSource.MICROPHONE,
        width: video ? 320 : 0,
        height: video ? 180 : 0,
        disableRed: true,
        encryption: encrypted ? Encryption_Type.GCM : Encryption_Type.NONE,
      }),
    );
    const { track: info } = await announced;
    const connected = new Promise((done) => {
      const look = () => publisher.connectionState === "connected" && done();
      publisher.connectionStateChange.subscribe(look);
      look();
    });
    await publisher.setLocalDescription(await publisher.createOffer());
    const answered = next("answer");
    send("offer", { type: "offer", sdp: publisher.localDescription.sdp, id: 1 });
    await answered;
    await connected;
    published.set(kind, { transceiver, number: randomInt(0x8000), timestamp: randomInt(0x8000_0000) });
    return { sid: info.sid };
  },

  /** Sends frames at the pace of their timestamps, `times` times over; answers when the last is on its way. */
  async play({ kind, frames, times }) {
    const track = published.get(kind);
    const first = frames[0].timestamp;
    const start = performance.now();
    let shift = 0;
    for (let round = 0; round < times; round++) {
      for (const { data, timestamp } of frames) {
        const ticks = shift + ((timestamp - first) >>> 0);
        const due = start + (ticks * 1000) / CLOCK_RATE[kind];
        const pause = due - performance.now();
        if (pause > 0) await new Promise((later) => setTimeout(later, pause));
        await sendFrame(track, kind, Buffer.from(data, "base64"), (track.timestamp + ticks) >>> 0);
      }
      const span = (frames.at(-1).timestamp - first) >>> 0;
      shift += span + Math.round(span / Math.max(1, frames.length - 1));
    }
    track.timestamp = (track.timestamp + shift) >>> 0;
    return {};
  },

  async leave() {
    send("leave", { reason: 1, action: 0 });
    socket.close();
    await Promise.all([publisher.close(), subscriber.close()]);
    return {};
  },
};

async function sendFrame(track, kind, frame, timestamp) {
  const video = kind === "video";
  for (let offset = 0; offset < frame.length; offset += MAX_PAYLOAD_BYTES) {
    const part = frame.subarray(offset, offset + MAX_PAYLOAD_BYTES);
    const header = new RtpHeader({
      payloadType: 0, // the sender puts the agreed one
      sequenceNumber: track.number++ & 0xffff,
      timestamp,
      marker: video ? offset + MAX_PAYLOAD_BYTES >= frame.length : false,
    });
    // The VP8 descriptor is one byte here: start of partition 0, or not.
    const payload = video ? Buffer.concat([Buffer.from([offset === 0 ? 0x10 : 0]), part]) : part;
    await track.transceiver.sender.sendRtp(new RtpPacket(header, payload));
  }
}

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
