// One participant in a browser: the unmodified livekit-client with its own E2EE manager and worker,
// with the options of Element Call. The functions of `participant` are called from peer.mjs.
const { BaseKeyProvider, Room, RoomEvent, Track, isE2EESupported, setLogLevel } = window.LivekitClient;
setLogLevel(new URLSearchParams(location.search).get("log") ?? "warn");

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Keys of participants by identity and index, as Element Call's provider hands them over. */
class KeyProvider extends BaseKeyProvider {
  constructor() {
    super({ ratchetWindowSize: 10, keyringSize: 256 });
  }

  async set(identity, index, key) {
    const material = await crypto.subtle.importKey("raw", bytesOf(key), "HKDF", false, ["deriveBits", "deriveKey"]);
    this.onSetEncryptionKey(material, identity, index);
  }
}

let room;
const keyProvider = new KeyProvider();
const errors = [];
const ratchets = [];
const data = [];

/** The one inbound RTP stream of a track; video and audio are counted by what was decoded. */
async function received(publication) {
  const report = await publication.track?.getRTCStatsReport();
  const stats = [...(report?.values() ?? [])].find((one) => one.type === "inbound-rtp");
  const of = (name) => stats?.[name] ?? 0;
  return {
    sid: publication.trackSid,
    kind: publication.kind,
    encryption: publication.isEncrypted,
    muted: publication.isMuted,
    packets: of("packetsReceived"),
    frames: of("framesDecoded"),
    width: of("frameWidth"),
    samples: of("totalSamplesReceived") - of("concealedSamples"),
    energy: of("totalAudioEnergy"),
  };
}

window.participant = {
  async join({ url, token, encrypted = true, adaptive = false, singlePeerConnection = true }) {
    if (encrypted && !isE2EESupported()) throw new Error("this browser cannot encrypt frames");
    room = new Room({
      adaptiveStream: adaptive,
      dynacast: adaptive,
      singlePeerConnection,
      ...(encrypted
        ? { e2ee: { keyProvider, worker: new Worker("/livekit-client.e2ee.worker.js") } }
        : {}),
    });
    room.on(RoomEvent.EncryptionError, (error) => errors.push({ reason: error.message.split(":")[0], text: error.message }));
    room.on(RoomEvent.DataReceived, (payload, from) => data.push({ from: from?.identity, text: new TextDecoder().decode(payload) }));
    // What nothing plays is not decoded.
    room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
    room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((element) => element.remove()));
    keyProvider.on("keyRatcheted", (_, identity, index) => ratchets.push({ identity, index }));
    if (encrypted) await room.setE2EEEnabled(true);
    await room.connect(url, token);
    return { identity: room.localParticipant.identity, sid: room.localParticipant.sid };
  },

  async key({ identity, index, key }) {
    await keyProvider.set(identity, index, key);
  },

  /** Advances the key of a participant at its current index by one step, as an application would. */
  async ratchet({ identity, index }) {
    await keyProvider.ratchetKey(identity, index);
  },

  async publish({ microphone, camera }) {
    if (microphone !== undefined) await room.localParticipant.setMicrophoneEnabled(microphone);
    if (camera !== undefined) await room.localParticipant.setCameraEnabled(camera, { resolution: { width: 320, height: 180, frameRate: 15 } });
    return { tracks: [...room.localParticipant.trackPublications.values()].map((one) => one.trackSid) };
  },

  async unpublish({ source }) {
    const publication = room.localParticipant.getTrackPublication(Track.Source[source]);
    await room.localParticipant.unpublishTrack(publication.track);
  },

  async say({ text, to }) {
    await room.localParticipant.publishData(new TextEncoder().encode(text), { reliable: true, destinationIdentities: to });
  },

  /** What this participant sees and hears of the others. */
  async state() {
    const others = {};
    for (const [identity, one] of room.remoteParticipants) {
      others[identity] = await Promise.all([...one.trackPublications.values()].map(received));
    }
    return { connection: room.state, others, errors, ratchets, data };
  },

  async leave() {
    await room.disconnect();
  },
};

window.ready = true;
