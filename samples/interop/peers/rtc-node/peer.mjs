// LiveKit's Node SDK, whose encryption is the C++ of libwebrtc, driven by JSON lines: a command on
// stdin is {"id", "do", ...}, its answer on stdout {"id", "ok"} or {"id", "error"}.
import { createInterface } from "node:readline";
import bindings from "@livekit/rtc-ffi-bindings";
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoCodec,
  VideoFrame,
  VideoSource,
  VideoStream,
} from "@livekit/rtc-node";

const { E2eeRequest, FfiRequest, FrameCryptorSetKeyIndexRequest, FfiResponse, KeyDerivationFunction, SetKeyRequest, livekitFfiRequest } = bindings;

const SAMPLE_RATE = 48000;
const TONE_HZ = 440;
const AUDIO_FRAME_MS = 10;
const WIDTH = 320;
const HEIGHT = 180;
const VIDEO_FRAME_MS = 66;
// Index 255 ends the process of this version, and 256 slots become 255.
const KEY_RING_SIZE = 255;

const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");
for (const level of ["log", "info", "debug", "warn", "error"]) {
  console[level] = (...words) => process.stderr.write(words.map(String).join(" ") + "\n");
}

let room;
let sendingIndex = 0;
const received = new Map();

/** The SDK's own setKey and setKeyIndex leave required fields out, so they are asked for here. */
function e2ee(name, value) {
  const request = new E2eeRequest({ roomHandle: room.ffiHandle.handle, message: { case: name, value } });
  const answer = livekitFfiRequest(new FfiRequest({ message: { case: "e2ee", value: request } }).toBinary());
  return FfiResponse.fromBinary(answer);
}

function useSendingKey() {
  const participantIdentity = room.localParticipant.identity;
  for (const [trackSid] of room.localParticipant.trackPublications) {
    e2ee("cryptorSetKeyIndex", new FrameCryptorSetKeyIndexRequest({ participantIdentity, trackSid, keyIndex: sendingIndex }));
  }
}

/** Counts what is decoded of a track: video frames, or the energy of the sound. */
async function count(track, identity) {
  const counted = received.get(identity) ?? { frames: 0, energy: 0 };
  received.set(identity, counted);
  if (track.kind === TrackKind.KIND_VIDEO) {
    for await (const event of new VideoStream(track)) counted.frames += event ? 1 : 0;
    return;
  }
  for await (const frame of new AudioStream(track, SAMPLE_RATE, 1)) {
    let sum = 0;
    for (const sample of frame.data) sum += (sample / 0x8000) ** 2;
    counted.energy += sum / SAMPLE_RATE;
  }
}

const running = [];

async function publishAudio() {
  const source = new AudioSource(SAMPLE_RATE, 1);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false, red: false });
  await room.localParticipant.publishTrack(LocalAudioTrack.createAudioTrack("tone", source), options);
  const samples = (SAMPLE_RATE * AUDIO_FRAME_MS) / 1000;
  let phase = 0;
  (async () => {
    for (;;) {
      const data = new Int16Array(samples);
      for (let i = 0; i < samples; i++) data[i] = 10000 * Math.sin((2 * Math.PI * TONE_HZ * phase++) / SAMPLE_RATE);
      await source.captureFrame(new AudioFrame(data, SAMPLE_RATE, 1, samples));
    }
  })().catch((error) => console.error("no more sound:", error));
}

async function publishVideo() {
  const source = new VideoSource(WIDTH, HEIGHT);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, videoCodec: VideoCodec.VP8, simulcast: false });
  await room.localParticipant.publishTrack(LocalVideoTrack.createVideoTrack("grey", source), options);
  let shade = 0;
  running.push(
    setInterval(() => {
      const picture = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128);
      picture.fill((shade = (shade + 3) & 0xff), 0, WIDTH * HEIGHT);
      source.captureFrame(new VideoFrame(picture, WIDTH, HEIGHT, VideoBufferType.I420), process.hrtime.bigint() / 1000n);
    }, VIDEO_FRAME_MS),
  );
}

const commands = {
  async join({ url, token }) {
    room = new Room();
    room.on(RoomEvent.TrackSubscribed, (track, _, participant) => {
      count(track, participant.identity).catch((error) => console.error("not counted:", error));
    });
    const keyProviderOptions = {
      ratchetWindowSize: 10,
      failureTolerance: -1,
      keyRingSize: KEY_RING_SIZE,
      keyDerivationFunction: KeyDerivationFunction.HKDF,
    };
    await room.connect(url, token, { autoSubscribe: true, dynacast: false, e2ee: { keyProviderOptions } });
    return { identity: room.localParticipant.identity };
  },

  async key({ identity, index, key }) {
    e2ee("setKey", new SetKeyRequest({ participantIdentity: identity, keyIndex: index, key: Buffer.from(key, "base64") }));
    if (identity === room.localParticipant.identity) {
      sendingIndex = index;
      useSendingKey();
    }
    return {};
  },

  async publish() {
    await publishAudio();
    await publishVideo();
    useSendingKey();
    return {};
  },

  async state() {
    return { connected: room.isConnected, others: Object.fromEntries(received) };
  },

  async leave() {
    running.forEach(clearInterval);
    await room.disconnect();
    return {};
  },
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, do: name, ...args } = JSON.parse(line);
    try {
      print({ id, ok: await commands[name](args) });
    } catch (error) {
      console.error(`command ${name} failed:`, error.stack);
      print({ id, error: String(error) });
    }
  })
  .on("close", () => process.exit(0));
print({ event: "ready" });
