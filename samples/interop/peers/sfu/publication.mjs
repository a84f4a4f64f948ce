// A published track, and where its packets go.
import { DataPacket, SimulcastCodecInfo, TrackInfo, TrackSource, TrackType } from "@livekit/protocol";

const KEY_FRAME_PAUSE_MS = 300;

/** The public description of a track that a participant asks to publish. */
export function trackInfo(sid, request) {
  const video = request.type === TrackType.VIDEO;
  return new TrackInfo({
    sid,
    type: request.type,
    name: request.name,
    muted: request.muted,
    width: request.width,
    height: request.height,
    source: request.source,
    layers: request.layers,
    simulcast: false,
    mimeType: video ? "video/VP8" : "audio/opus",
    stereo: request.stereo,
    disableDtx: request.disableDtx,
    disableRed: request.disableRed,
    encryption: request.encryption,
    stream: request.stream || TrackSource[request.source].toLowerCase(),
    audioFeatures: request.audioFeatures,
    packetTrailerFeatures: request.packetTrailerFeatures,
  });
}

export class Publication {
  #receiver;
  #track;
  #sinks = new Set();
  #keyFrameAskedAt = 0;

  constructor(owner, cid, info) {
    this.owner = owner;
    this.cid = cid;
    this.info = info;
    this.mid = undefined;
    this.codec = undefined;
  }

  get sid() {
    return this.info.sid;
  }

  get kind() {
    return this.info.type === TrackType.VIDEO ? "video" : "audio";
  }

  /** Whether packets may flow: the publisher's offer has named the track. */
  get live() {
    return this.#receiver !== undefined;
  }

  /** Takes the packets of a transceiver, whose codec is negotiated. */
  bind(transceiver) {
    this.mid = transceiver.mid;
    this.codec = transceiver.codecs[0];
    this.info.mid = transceiver.mid;
    this.info.mimeType = this.codec.mimeType;
    this.info.codecs = [
      new SimulcastCodecInfo({ mimeType: this.codec.mimeType, mid: transceiver.mid, cid: this.cid, layers: this.info.layers }),
    ];
    this.#receiver = transceiver.receiver;
    transceiver.receiver.tracks.forEach((track) => this.#listen(track));
    transceiver.onTrack.subscribe((track) => this.#listen(track));
  }

  /** Takes the packets of one SSRC; that of the first packet is the one. */
  #listen(track) {
    track.onReceiveRtp.subscribe((packet) => {
      this.#track ??= track;
      if (track !== this.#track) return;
      for (const sink of this.#sinks) sink(packet);
    });
  }

  /** Hands every packet to `sink` from now on. */
  addSink(sink) {
    this.#sinks.add(sink);
    this.askForKeyFrame();
  }

  removeSink(sink) {
    this.#sinks.delete(sink);
  }

  /** Asks the publisher for a key frame, not more often than it makes sense. */
  askForKeyFrame() {
    const now = Date.now();
    if (this.kind !== "video" || !this.#track?.ssrc || now - this.#keyFrameAskedAt < KEY_FRAME_PAUSE_MS) return;
    this.#keyFrameAskedAt = now;
    this.#receiver.sendRtcpPLI(this.#track.ssrc).catch((error) => console.error("no key frame:", error.message));
  }
}

/** A data packet as the others get it, with its sender filled in; and to whom it goes. */
export function stamped(bytes, sender) {
  const packet = DataPacket.fromBinary(bytes);
  packet.participantSid = sender.sid;
  packet.participantIdentity = sender.identity;
  if (packet.value.case === "user") {
    packet.value.value.participantSid = sender.sid;
    packet.value.value.participantIdentity = sender.identity;
  }
  return { bytes: Buffer.from(packet.toBinary()), to: packet.destinationIdentities };
}
