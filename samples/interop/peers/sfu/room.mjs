// Rooms, and who is in them.
import { DisconnectReason, ParticipantInfo_State, Room as RoomInfo } from "@livekit/protocol";
import { newSid, randomText } from "./sid.mjs";

const SIF_TRAILER_LENGTH = 43;

export class Room {
  #participants = new Map();
  #onEmpty;
  #webhooks;

  constructor(name, webhooks, onEmpty) {
    this.name = name;
    this.#webhooks = webhooks;
    this.sid = newSid("RM_");
    this.sifTrailer = Buffer.from(randomText(SIF_TRAILER_LENGTH));
    this.createdAt = Date.now();
    this.#onEmpty = onEmpty;
  }

  get participants() {
    return [...this.#participants.values()];
  }

  info() {
    return new RoomInfo({
      sid: this.sid,
      name: this.name,
      emptyTimeout: 300,
      departureTimeout: 20,
      creationTime: BigInt(Math.floor(this.createdAt / 1000)),
      creationTimeMs: BigInt(this.createdAt),
      numParticipants: this.#participants.size,
      numPublishers: this.participants.filter((one) => one.publications.length > 0).length,
    });
  }

  others(participant) {
    return this.participants.filter((one) => one !== participant);
  }

  get(identity) {
    return this.#participants.get(identity);
  }

  /** Lets a participant in; whoever had its identity must go. */
  add(participant) {
    this.#participants.get(participant.identity)?.sendAway(DisconnectReason.DUPLICATE_IDENTITY);
    this.#participants.set(participant.identity, participant);
  }

  /** Its media connection stands. */
  joined(participant) {
    this.#webhooks.report("participant_joined", this.info(), participant.info());
  }

  remove(participant, reason) {
    if (this.#participants.get(participant.identity) !== participant) return;
    this.#participants.delete(participant.identity);
    const gone = participant.info(ParticipantInfo_State.DISCONNECTED);
    gone.disconnectReason = reason;
    gone.tracks = [];
    this.#tell(gone);
    this.#webhooks.report("participant_left", this.info(), gone);
    if (this.#participants.size === 0) this.#onEmpty(this);
  }

  /** Tells everybody, itself too, what is new about a participant. */
  update(participant) {
    if (this.#participants.get(participant.identity) === participant) this.#tell(participant.info());
  }

  #tell(info) {
    for (const one of this.participants) one.send("update", { participants: [info] });
  }
}

export class Rooms {
  #rooms = new Map();
  #webhooks;

  constructor(webhooks) {
    this.#webhooks = webhooks;
  }

  /** The room of a name, made if need be. */
  open(name) {
    let room = this.#rooms.get(name);
    if (!room) {
      room = new Room(name, this.#webhooks, (empty) => this.#rooms.get(name) === empty && this.#rooms.delete(name));
      this.#rooms.set(name, room);
    }
    return room;
  }

  get(name) {
    return this.#rooms.get(name);
  }

  all() {
    return [...this.#rooms.values()];
  }

  /** Sends everybody away and forgets the room. */
  close(name) {
    for (const one of this.#rooms.get(name)?.participants ?? []) one.sendAway(DisconnectReason.ROOM_DELETED);
    this.#rooms.delete(name);
  }
}
