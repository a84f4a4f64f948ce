// The part of LiveKit's RoomService that a token service uses, over Twirp.
import {
  CreateRoomRequest,
  DeleteRoomRequest,
  DeleteRoomResponse,
  DisconnectReason,
  ListParticipantsRequest,
  ListParticipantsResponse,
  ListRoomsRequest,
  ListRoomsResponse,
  RemoveParticipantResponse,
  RoomParticipantIdentity,
} from "@livekit/protocol";
import { TokenRefused } from "./token.mjs";

const MAX_BODY_BYTES = 64 << 10;

const allow = (granted) => {
  if (!granted) throw new TokenRefused("the token does not allow this", 403);
};
const admin = (grant, room) => allow(grant.roomAdmin && grant.room === room);

const METHODS = {
  CreateRoom: [
    CreateRoomRequest,
    (rooms, grant, { name }) => {
      allow(grant.roomCreate);
      return rooms.open(name).info();
    },
  ],
  ListRooms: [
    ListRoomsRequest,
    (rooms, grant, { names }) => {
      allow(grant.roomList);
      const chosen = rooms.all().filter((room) => names.length === 0 || names.includes(room.name));
      return new ListRoomsResponse({ rooms: chosen.map((room) => room.info()) });
    },
  ],
  DeleteRoom: [
    DeleteRoomRequest,
    (rooms, grant, { room }) => {
      allow(grant.roomCreate);
      rooms.close(room);
      return new DeleteRoomResponse();
    },
  ],
  ListParticipants: [
    ListParticipantsRequest,
    (rooms, grant, { room }) => {
      admin(grant, room);
      return new ListParticipantsResponse({ participants: (rooms.get(room)?.participants ?? []).map((one) => one.info()) });
    },
  ],
  GetParticipant: [
    RoomParticipantIdentity,
    (rooms, grant, { room, identity }) => {
      admin(grant, room);
      return rooms.get(room)?.get(identity)?.info();
    },
  ],
  RemoveParticipant: [
    RoomParticipantIdentity,
    (rooms, grant, { room, identity }) => {
      admin(grant, room);
      rooms.get(room)?.get(identity)?.sendAway(DisconnectReason.PARTICIPANT_REMOVED);
      return new RemoveParticipantResponse();
    },
  ],
};

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new TokenRefused("the request is too large", 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers one call; bodies are protobuf, or JSON as Twirp allows. */
export async function roomService(rooms, claims, request, path) {
  const method = METHODS[path.slice(path.lastIndexOf("/") + 1)];
  if (!method) {
    return { status: 404, type: "application/json", body: JSON.stringify({ code: "bad_route", msg: "no such method" }) };
  }
  const [Message, act] = method;
  const json = (request.headers["content-type"] ?? "").startsWith("application/json");
  const bytes = await read(request);
  const message = json ? Message.fromJsonString(bytes.toString(), { ignoreUnknownFields: true }) : Message.fromBinary(bytes);
  const result = act(rooms, claims.video ?? {}, message);
  if (!result) {
    return { status: 404, type: "application/json", body: JSON.stringify({ code: "not_found", msg: "there is no such participant" }) };
  }
  return json
    ? { status: 200, type: "application/json", body: result.toJsonString() }
    : { status: 200, type: "application/protobuf", body: Buffer.from(result.toBinary()) };
}
