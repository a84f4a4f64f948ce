// The unmodified end-to-end encryption worker of livekit-client, in Node: it is given keys and
// frames as its E2EEManager would give them. Driven by JSON lines: a command on stdin is
// {"id", "do", ...}, its answer on stdout {"id", "ok"} or {"id", "error"}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const file = new URL("./node_modules/livekit-client/dist/livekit-client.e2ee.worker.js", import.meta.url);

const errors = [];
let tracks = 0;
const acknowledged = new Map();

// What a worker's global object has.
globalThis.RTCEncodedAudioFrame = class {
  #ssrc;

  constructor({ data, timestamp, ssrc }) {
    this.data = Uint8Array.from(Buffer.from(data, "base64")).buffer;
    this.timestamp = timestamp;
    this.#ssrc = ssrc;
  }

  getMetadata() {
    return { synchronizationSource: this.#ssrc, rtpTimestamp: this.timestamp, payloadType: 0 };
  }
};
globalThis.RTCEncodedVideoFrame = class extends RTCEncodedAudioFrame {
  constructor(frame) {
    super(frame);
    this.type = frame.type;
  }
};
globalThis.self = globalThis;
globalThis.onmessage = undefined;
globalThis.postMessage = ({ kind, data }) => {
  if (kind === "log") process.stderr.write(`${data.level} ${data.msg} ${data.context?.error ?? ""}\n`);
  if (kind === "error") errors.push({ text: data.error.message, identity: data.participantIdentity });
  acknowledged.get(kind)?.();
};
runInThisContext(readFileSync(file, "utf8"), { filename: file.pathname });

const post = (kind, data) => globalThis.onmessage({ data: { kind, data } });
const answered = (kind, data, by = kind) =>
  new Promise((done) => {
    acknowledged.set(by, done);
    post(kind, data);
  });

/** An encoded frame as browsers make it; that of video has a type, too. */
const encodedFrame = (frame) => new (frame.type ? RTCEncodedVideoFrame : RTCEncodedAudioFrame)(frame);

/** Has the worker encode or decode the frames of a new track; what it drops is null. */
async function transform(kind, { identity, codec, frames }) {
  const input = new TransformStream();
  const output = new TransformStream();
  const given = frames.map(encodedFrame);
  post(kind, {
    participantIdentity: identity,
    trackId: `track-${++tracks}`,
    codec,
    readableStream: input.readable,
    writableStream: output.writable,
    hasPacketTrailer: false,
  });
  const feed = (async () => {
    const writer = input.writable.getWriter();
    for (const frame of given) await writer.write(frame);
    await writer.close();
  })();
  const passed = new Set();
  for await (const frame of output.readable) passed.add(frame);
  await feed;
  return { frames: given.map((frame) => (passed.has(frame) ? Buffer.from(frame.data).toString("base64") : null)) };
}

const commands = {
  /** Options of the key provider, as Element Call's. */
  async start({ ratchetWindowSize = 10, keyringSize = 256 }) {
    const keyProviderOptions = {
      sharedKey: false,
      ratchetSalt: "LKFrameEncryptionKey",
      ratchetWindowSize,
      failureTolerance: 10,
      keyringSize,
      keySize: 128,
    };
    await answered("init", { loglevel: "warn", keyProviderOptions }, "initAck");
    return {};
  },

  async enable({ identity }) {
    await answered("enable", { participantIdentity: identity, enabled: true });
    return {};
  },

  async key({ identity, index, key }) {
    const material = await crypto.subtle.importKey("raw", Buffer.from(key, "base64"), "HKDF", false, ["deriveBits", "deriveKey"]);
    await post("setKey", { participantIdentity: identity, isPublisher: true, key: material, keyIndex: index, updateCurrentKeyIndex: true });
    return {};
  },

  seal: (args) => transform("encode", args),
  open: (args) => transform("decode", args),
  errors: async () => ({ errors: errors.splice(0) }),
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, do: name, ...args } = JSON.parse(line);
    try {
      print({ id, ok: await commands[name](args) });
    } catch (error) {
      process.stderr.write(`command ${name} failed: ${error.stack}\n`);
      print({ id, error: String(error) });
    }
  })
  .on("close", () => process.exit(0));
print({ event: "ready" });
