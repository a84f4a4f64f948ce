// The media and data paths of one participant: two peer connections as on /rtc, where the stand-in
// offers what is to be received, or one as on /rtc/v1, where the participant makes every offer.
import { MediaStream, MediaStreamTrack } from "werift";
import { SignalTarget } from "@livekit/protocol";
import { addCandidate, newPeerConnection, withoutSimulcast } from "./peer-connections.mjs";

const CHANNELS = ["_reliable", "_lossy"];

/** A publication on its way to one participant. */
class Forwarding {
  constructor(publication) {
    this.publication = publication;
    this.transceiver = undefined;
    this.disabled = false;
    this.sink = (packet) => this.#forward(packet);
  }

  #forward(packet) {
    if (this.disabled || this.transceiver?.currentDirection !== "sendonly") return;
    const copy = packet.clone();
    // Their numbers were agreed with the publisher; the sender writes those of this connection.
    copy.header.extensions = [];
    copy.header.extension = false;
    this.transceiver.sender.sendRtp(copy).catch((error) => console.error("not forwarded:", error.message));
  }

  /** A track for the sender; its stream names the participant and the track, as clients expect. */
  attach(transceiver) {
    const { owner, sid } = this.publication;
    this.transceiver = transceiver;
    transceiver.sender.trackId = sid;
    transceiver.sender.setStreams([new MediaStream({ id: `${owner.sid}|${sid}`, tracks: [] })]);
    transceiver.sender.onPictureLossIndication.subscribe(() => this.publication.askForKeyFrame());
    this.publication.addSink(this.sink);
  }

  detach() {
    this.publication.removeSink(this.sink);
    if (!this.transceiver) return;
    this.transceiver.sender.detachTrack();
    this.transceiver.setDirection("inactive");
  }

  setDisabled(disabled) {
    if (this.disabled && !disabled) this.publication.askForKeyFrame();
    this.disabled = disabled;
  }
}

/** A track with nothing but its codec, so that the description offers this one. */
const trackOf = (publication) => new MediaStreamTrack({ kind: publication.kind, codec: publication.codec });

/** Both kinds: what a participant publishes, the data channels, and who gets what. */
class Paths {
  #steps = Promise.resolve();

  /**
   * @param events `answer(sdp, id, midToTrackId)`, `offer(sdp, id, midToTrackId)`, `sections(audios, videos)`,
   *   `negotiated(connection)`, `data(label, bytes)`, `connected()`
   */
  constructor(host, events) {
    this.events = events;
    this.forwardings = new Map();
    this.channels = new Map();
    this.publisher = newPeerConnection(host);
    this.publisher.onDataChannel.subscribe((channel) => this.#take(channel));
  }

  #take(channel) {
    channel.onMessage.subscribe((message) => {
      if (typeof message !== "string") this.events.data(channel.label, message);
    });
    this.onPublisherChannel(channel);
  }

  onPublisherChannel() {}

  /** Does things one after the other; a failure ends the participant's session, and is told. */
  inTurn(step) {
    this.#steps = this.#steps.then(step).catch((error) => this.events.failed(error));
    return this.#steps;
  }

  get midToTrackId() {
    const mids = {};
    for (const { transceiver, publication } of this.forwardings.values()) {
      if (transceiver?.mid != null) mids[transceiver.mid] = publication.sid;
    }
    return mids;
  }

  /** Answers an offer of the participant. */
  takeOffer({ sdp, id }) {
    return this.inTurn(async () => {
      await this.publisher.setRemoteDescription({ type: "offer", sdp: withoutSimulcast(sdp) });
      this.beforeAnswer();
      await this.publisher.setLocalDescription(await this.publisher.createAnswer());
      this.events.answer(this.publisher.localDescription.sdp, id, this.answerMids());
      this.events.negotiated(this.publisher);
      this.afterAnswer();
    });
  }

  beforeAnswer() {}
  afterAnswer() {}
  answerMids() {
    return {};
  }

  /** Sends a data packet; it is dropped where the channel is not open, as a lossy one may be. */
  sendData(label, bytes) {
    const channel = this.channels.get(label);
    if (channel?.readyState === "open") channel.send(bytes);
  }
}

/** `/rtc`: one connection in each direction. */
export class TwoConnections extends Paths {
  #offers = 0;
  #answered = true;
  #stale = false;

  constructor(host, events) {
    super(host, events);
    this.subscriber = newPeerConnection(host);
    for (const label of CHANNELS) {
      this.channels.set(
        label,
        this.subscriber.createDataChannel(label, label === "_lossy" ? { ordered: false, maxRetransmits: 0 } : {}),
      );
    }
    this.subscriber.connectionStateChange.subscribe((state) => state === "connected" && events.connected());
  }

  /** The first offer; the participant waits for it before it calls itself connected. */
  start() {
    this.#offer();
  }

  subscribe(publication) {
    if (this.forwardings.has(publication.sid)) return;
    const forwarding = new Forwarding(publication);
    this.forwardings.set(publication.sid, forwarding);
    forwarding.attach(this.subscriber.addTransceiver(trackOf(publication), { direction: "sendonly" }));
    this.#offer();
  }

  unsubscribe(publication) {
    const forwarding = this.forwardings.get(publication.sid);
    if (!forwarding) return;
    this.forwardings.delete(publication.sid);
    forwarding.detach();
    this.#offer();
  }

  #offer() {
    this.inTurn(async () => {
      if (!this.#answered) {
        this.#stale = true;
        return;
      }
      this.#answered = false;
      await this.subscriber.setLocalDescription(await this.subscriber.createOffer());
      this.events.offer(this.subscriber.localDescription.sdp, ++this.#offers, this.midToTrackId);
    });
  }

  takeAnswer({ sdp }) {
    return this.inTurn(async () => {
      await this.subscriber.setRemoteDescription({ type: "answer", sdp });
      this.#answered = true;
      for (const { publication } of this.forwardings.values()) publication.askForKeyFrame();
      if (!this.#stale) return;
      this.#stale = false;
      this.#offer();
    });
  }

  takeCandidate(candidate, target) {
    const connection = target === SignalTarget.SUBSCRIBER ? this.subscriber : this.publisher;
    return this.inTurn(() => addCandidate(connection, candidate));
  }

  async close() {
    for (const forwarding of this.forwardings.values()) forwarding.detach();
    await Promise.all([this.publisher.close(), this.subscriber.close()]);
  }
}

/** `/rtc/v1`: one connection, whose media sections the participant offers and we fill. */
export class OneConnection extends Paths {
  constructor(host, events) {
    super(host, events);
    this.publisher.connectionStateChange.subscribe((state) => state === "connected" && events.connected());
  }

  start() {}

  onPublisherChannel(channel) {
    this.channels.set(channel.label, channel);
  }

  /** The offered sections that nothing is sent on yet. */
  #free(kind) {
    const used = new Set([...this.forwardings.values()].map(({ transceiver }) => transceiver));
    return this.publisher
      .getTransceivers()
      .filter((one) => one.kind === kind && one.offerDirection === "sendonly" && !one.stopped && !used.has(one) && !one.sender.usedHere);
  }

  #waiting(kind) {
    return [...this.forwardings.values()].filter((one) => !one.transceiver && one.publication.kind === kind);
  }

  subscribe(publication) {
    if (this.forwardings.has(publication.sid)) return;
    this.forwardings.set(publication.sid, new Forwarding(publication));
    this.#askForSections();
  }

  unsubscribe(publication) {
    const forwarding = this.forwardings.get(publication.sid);
    if (!forwarding) return;
    this.forwardings.delete(publication.sid);
    forwarding.detach();
    this.#askForSections();
  }

  /** Has the participant make an offer, with as many sections more as are needed. */
  #askForSections() {
    this.inTurn(() => {
      const missing = (kind) => Math.max(0, this.#waiting(kind).length - this.#free(kind).length);
      this.events.sections(missing("audio"), missing("video"));
    });
  }

  beforeAnswer() {
    for (const kind of ["audio", "video"]) {
      const free = this.#free(kind);
      for (const forwarding of this.#waiting(kind)) {
        const transceiver = free.shift();
        if (!transceiver) break;
        transceiver.sender.usedHere = true;
        transceiver.sender.registerTrack(trackOf(forwarding.publication));
        transceiver.setCodecPreferences([forwarding.publication.codec]);
        transceiver.setDirection("sendonly");
        forwarding.attach(transceiver);
      }
    }
  }

  afterAnswer() {
    for (const { publication } of this.forwardings.values()) publication.askForKeyFrame();
  }

  answerMids() {
    return this.midToTrackId;
  }

  takeAnswer() {
    this.events.failed(new Error("an answer where nothing was offered"));
  }

  takeCandidate(candidate) {
    return this.inTurn(() => addCandidate(this.publisher, candidate));
  }

  async close() {
    for (const forwarding of this.forwardings.values()) forwarding.detach();
    await this.publisher.close();
  }
}
