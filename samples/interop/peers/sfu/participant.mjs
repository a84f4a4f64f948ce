// One participant: its signalling session, what it publishes, and what it gets.
import {
  ConnectionQuality,
  DisconnectReason,
  JoinResponse,
  LeaveRequest_Action,
  ParticipantInfo,
  ParticipantInfo_State,
  ParticipantPermission,
  RequestResponse_Reason,
  ServerInfo_Edition,
  SignalRequest,
  SignalResponse,
} from "@livekit/protocol";
import { OneConnection, TwoConnections } from "./paths.mjs";
import { PUBLISH_CODECS } from "./peer-connections.mjs";
import { Publication, stamped, trackInfo } from "./publication.mjs";
import { newSid } from "./sid.mjs";

const PING_INTERVAL_SECONDS = 5;
const PING_TIMEOUT_SECONDS = 15;
const PROTOCOL_VERSION = 16;

export class Participant {
  #socket;
  #paths;
  #version = 0;
  #state = ParticipantInfo_State.JOINED;
  #publications = new Map();
  #left = false;

  constructor(room, grant, socket, { host, single, autoSubscribe }) {
    this.room = room;
    this.grant = grant;
    this.identity = grant.identity;
    this.sid = newSid("PA_");
    this.joinedAt = Date.now();
    this.autoSubscribe = autoSubscribe;
    this.#socket = socket;
    this.#paths = new (single ? OneConnection : TwoConnections)(host, {
      answer: (sdp, id, midToTrackId) => this.send("answer", { type: "answer", sdp, id, midToTrackId }),
      offer: (sdp, id, midToTrackId) => this.send("offer", { type: "offer", sdp, id, midToTrackId }),
      sections: (numAudios, numVideos) => this.send("mediaSectionsRequirement", { numAudios, numVideos }),
      negotiated: (connection) => this.#takeTracks(connection),
      data: (label, bytes) => this.#takeData(label, bytes),
      connected: () => this.#becomeActive(),
      failed: (error) => this.#fail(error),
    });
    socket.on("message", (bytes, binary) => this.#take(bytes, binary));
    socket.on("close", () => this.leave(DisconnectReason.SIGNAL_CLOSE));
  }

  get publications() {
    return [...this.#publications.values()];
  }

  /** How the others see it. */
  info(state = this.#state) {
    return new ParticipantInfo({
      sid: this.sid,
      identity: this.identity,
      state,
      name: this.grant.name,
      metadata: this.grant.metadata,
      attributes: this.grant.attributes,
      joinedAt: BigInt(Math.floor(this.joinedAt / 1000)),
      joinedAtMs: BigInt(this.joinedAt),
      version: ++this.#version,
      isPublisher: this.#publications.size > 0,
      tracks: this.publications.filter((one) => one.live).map((one) => one.info),
      permission: new ParticipantPermission({
        canPublish: this.grant.canPublish,
        canSubscribe: this.grant.canSubscribe,
        canPublishData: this.grant.canPublishData,
        canUpdateMetadata: this.grant.canUpdateMetadata,
      }),
    });
  }

  send(name, value) {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(new SignalResponse({ message: { case: name, value } }).toBinary());
  }

  /** Tells it that it is in, then gives it what there is. */
  start(offer) {
    this.send(
      "join",
      new JoinResponse({
        room: this.room.info(),
        participant: this.info(),
        otherParticipants: this.room.others(this).map((one) => one.info()),
        serverVersion: "1.9.0",
        serverInfo: { edition: ServerInfo_Edition.Standard, version: "1.9.0", protocol: PROTOCOL_VERSION, nodeId: "stand-in" },
        subscriberPrimary: this.#paths instanceof TwoConnections,
        pingInterval: PING_INTERVAL_SECONDS,
        pingTimeout: PING_TIMEOUT_SECONDS,
        sifTrailer: this.room.sifTrailer,
        enabledPublishCodecs: PUBLISH_CODECS.map((mime) => ({ mime })),
      }),
    );
    this.room.update(this);
    this.#paths.start();
    if (offer) this.#paths.takeOffer(offer);
    for (const other of this.room.others(this)) {
      for (const publication of other.publications) this.offered(publication);
    }
  }

  /** A track of another participant may be had. */
  offered(publication) {
    if (this.autoSubscribe && publication.live) this.#subscribe(publication);
  }

  withdrawn(publication) {
    this.#paths.unsubscribe(publication);
  }

  #subscribe(publication) {
    if (!this.grant.canSubscribe) return;
    this.#paths.subscribe(publication);
    publication.owner.send("trackSubscribed", { trackSid: publication.sid });
  }

  sendData(label, bytes) {
    this.#paths.sendData(label, bytes);
  }

  #becomeActive() {
    if (this.#state === ParticipantInfo_State.ACTIVE) return;
    this.#state = ParticipantInfo_State.ACTIVE;
    this.room.update(this);
    this.room.joined(this);
    this.send("connectionQuality", {
      updates: [{ participantSid: this.sid, quality: ConnectionQuality.EXCELLENT, score: 5 }],
    });
  }

  #take(bytes, binary) {
    let message;
    try {
      ({ message } = binary ? SignalRequest.fromBinary(bytes) : SignalRequest.fromJsonString(bytes.toString()));
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#handlers[message.case]?.(message.value);
  }

  #handlers = {
    offer: (description) => this.#paths.takeOffer(description),
    answer: (description) => this.#paths.takeAnswer(description),
    trickle: ({ candidateInit, target }) => this.#paths.takeCandidate(JSON.parse(candidateInit), target),
    addTrack: (request) => this.#addTrack(request),
    mute: ({ sid, muted }) => this.#mute(sid, muted),
    subscription: (request) => this.#changeSubscriptions(request),
    trackSetting: ({ trackSids, disabled }) => {
      for (const sid of trackSids) this.#paths.forwardings.get(sid)?.setDisabled(disabled);
    },
    updateMetadata: (request) => this.#updateMetadata(request),
    ping: () => this.send("pong", BigInt(Date.now())),
    pingReq: ({ timestamp }) => this.send("pongResp", { lastPingTimestamp: timestamp, timestamp: BigInt(Date.now()) }),
    leave: () => this.leave(DisconnectReason.CLIENT_INITIATED),
  };

  #addTrack(request) {
    if (!this.grant.canPublish) {
      this.send("requestResponse", {
        requestId: 0,
        reason: RequestResponse_Reason.NOT_ALLOWED,
        message: "the token does not allow to publish",
        request: { case: "addTrack", value: request },
      });
      return;
    }
    const publication = new Publication(this, request.cid, trackInfo(newSid("TR_"), request));
    this.#publications.set(publication.sid, publication);
    this.send("trackPublished", { cid: request.cid, track: publication.info });
  }

  /** Ties the tracks of an offer to what it announced before, and ends those that are gone. */
  #takeTracks(connection) {
    const sent = new Set();
    let changed = false;
    for (const media of connection._remoteDescription.media) {
      if (!["sendonly", "sendrecv"].includes(media.direction) || media.port === 0) continue;
      const mid = media.rtp.muxId;
      const cids = media.msids.map((msid) => msid.split(" ")[1]);
      sent.add(mid);
      const publication = this.publications.find((one) => !one.live && cids.includes(one.cid));
      const transceiver = connection.getTransceivers().find((one) => one.mid === mid);
      if (!publication || !transceiver) continue;
      publication.bind(transceiver);
      changed = true;
      this.room.update(this);
      for (const other of this.room.others(this)) other.offered(publication);
    }
    for (const publication of this.publications.filter((one) => one.live && !sent.has(one.mid))) {
      this.#publications.delete(publication.sid);
      for (const other of this.room.others(this)) other.withdrawn(publication);
      this.send("trackUnpublished", { trackSid: publication.sid });
      changed = true;
    }
    if (changed) this.room.update(this);
  }

  #mute(sid, muted) {
    const publication = this.#publications.get(sid);
    if (!publication) return;
    publication.info.muted = muted;
    this.room.update(this);
  }

  #changeSubscriptions({ trackSids, participantTracks, subscribe }) {
    const wanted = new Set([...trackSids, ...participantTracks.flatMap((one) => one.trackSids)]);
    for (const other of this.room.others(this)) {
      for (const publication of other.publications.filter((one) => one.live && wanted.has(one.sid))) {
        if (subscribe) this.#subscribe(publication);
        else this.withdrawn(publication);
      }
    }
  }

  #updateMetadata({ requestId, metadata, name, attributes }) {
    const allowed = this.grant.canUpdateMetadata;
    this.send("requestResponse", {
      requestId,
      reason: allowed ? RequestResponse_Reason.OK : RequestResponse_Reason.NOT_ALLOWED,
      message: allowed ? "" : "the token does not allow to change the participant's data",
    });
    if (!allowed) return;
    if (metadata) this.grant.metadata = metadata;
    if (name) this.grant.name = name;
    for (const [key, value] of Object.entries(attributes)) {
      if (value === "") delete this.grant.attributes[key];
      else this.grant.attributes[key] = value;
    }
    this.room.update(this);
  }

  #takeData(label, bytes) {
    if (!this.grant.canPublishData) return;
    try {
      const { bytes: packet, to } = stamped(bytes, this);
      for (const other of this.room.others(this)) {
        if (to.length === 0 || to.includes(other.identity)) other.sendData(label, packet);
      }
    } catch (error) {
      console.error(`${this.identity} sent data that cannot be read:`, error.message);
    }
  }

  #fail(error) {
    if (this.#left) return;
    console.error(`${this.identity} is sent away:`, error);
    this.sendAway(DisconnectReason.STATE_MISMATCH, LeaveRequest_Action.RECONNECT);
  }

  /** Ends its session from here. */
  sendAway(reason, action = LeaveRequest_Action.DISCONNECT) {
    this.send("leave", { reason, action });
    this.leave(reason);
  }

  /** It is gone, for whatever reason. */
  leave(reason) {
    if (this.#left) return;
    this.#left = true;
    this.room.remove(this, reason);
    for (const other of this.room.others(this)) {
      for (const publication of this.publications) other.withdrawn(publication);
    }
    this.#socket.close(1000);
    this.#paths.close().catch((error) => console.error("not closed:", error.message));
  }
}
