// A stand-in for a LiveKit server: enough of it for a few participants of a call on one machine.
//   node main.mjs --port 7880 --key devkey --secret SECRET [--host 127.0.0.1]
// Prints one JSON line {"event":"ready","port",...} once it listens; port 0 takes a free one.
//   --two-connections   knows no /rtc/v1, as servers before 2026: clients fall back to /rtc
//   --rooms-must-exist  nobody gets into a room that was not made by RoomService/CreateRoom
//   --webhook URL       reports there who joins and leaves
//   --end-with-input    ends when its standard input does
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import {
  DisconnectReason,
  JoinRequest,
  LeaveRequest_Action,
  SignalResponse,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from "@livekit/protocol";
import { WebSocketServer } from "ws";
import { Participant } from "./participant.mjs";
import { Rooms } from "./room.mjs";
import { roomService } from "./room-service.mjs";
import { joinGrant, TokenRefused, verify } from "./token.mjs";
import { Webhooks } from "./webhooks.mjs";

const MAX_SIGNAL_BYTES = 1 << 20;
const PATHS = { "/rtc": false, "/rtc/v1": true };

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "7880" },
    host: { type: "string", default: "127.0.0.1" },
    key: { type: "string" },
    secret: { type: "string" },
    "two-connections": { type: "boolean", default: false },
    "rooms-must-exist": { type: "boolean", default: false },
    webhook: { type: "string" },
    "end-with-input": { type: "boolean", default: false },
  },
});
if (!options.key || !options.secret) {
  console.error("usage: node main.mjs --key KEY --secret SECRET [--port 7880] [--host 127.0.0.1]");
  process.exit(2);
}
if (options["two-connections"]) delete PATHS["/rtc/v1"];

const rooms = new Rooms(new Webhooks(options.webhook, options.key, options.secret));
const claimsOf = (token) => verify(token, options.key, options.secret);

/** What a token grants, and whether there is the room. */
function admit(token) {
  const grant = joinGrant(claimsOf(token));
  if (options["rooms-must-exist"] && !rooms.get(grant.room)) {
    throw new TokenRefused("requested room does not exist", 404);
  }
  return grant;
}

/** The token of a request: in its query, or as bearer. */
function tokenOf(request, url) {
  return url.searchParams.get("access_token") ?? /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
}

/** What a client asks for in the query: one value each on /rtc, one message on /rtc/v1. */
function joinRequest(url, single) {
  if (!single) {
    return {
      autoSubscribe: url.searchParams.get("auto_subscribe") !== "0",
      reconnect: url.searchParams.get("reconnect") === "1",
    };
  }
  const wrapped = WrappedJoinRequest.fromBinary(Buffer.from(url.searchParams.get("join_request") ?? "", "base64url"));
  const bytes =
    wrapped.compression === WrappedJoinRequest_Compression.GZIP
      ? gunzipSync(wrapped.joinRequest, { maxOutputLength: MAX_SIGNAL_BYTES })
      : wrapped.joinRequest;
  const request = JoinRequest.fromBinary(bytes);
  return {
    autoSubscribe: request.connectionSettings?.autoSubscribe ?? true,
    reconnect: request.reconnect,
    offer: request.publisherOffer,
  };
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "GET, POST, OPTIONS",
};

const server = createServer(async (request, response) => {
  const answer = (status, body, type = "text/plain") => {
    response.writeHead(status, { ...CORS, "content-type": type });
    response.end(body);
  };
  const url = new URL(request.url, "http://sfu");
  try {
    if (request.method === "OPTIONS") answer(204);
    else if (url.pathname === "/") answer(200, "OK");
    else if (url.pathname.endsWith("/validate") && url.pathname.slice(0, -"/validate".length) in PATHS) {
      admit(tokenOf(request, url));
      answer(200, "success");
    } else if (request.method === "POST" && url.pathname.startsWith("/twirp/livekit.RoomService/")) {
      const { status, body, type } = await roomService(rooms, claimsOf(tokenOf(request, url)), request, url.pathname);
      answer(status, body, type);
    } else answer(404, "there is nothing here");
  } catch (error) {
    if (!(error instanceof TokenRefused)) console.error("request failed:", error);
    answer(error instanceof TokenRefused ? error.status : 500, error.message);
  }
});

const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_SIGNAL_BYTES });

server.on("upgrade", (request, socket, head) => {
  // From here on nobody else listens, and a client may be gone at any time.
  socket.on("error", (error) => console.error("connection:", error.message));
  const refuse = (status, why) => {
    socket.end(`HTTP/1.1 ${status} ${why}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  };
  const url = new URL(request.url, "http://sfu");
  const single = PATHS[url.pathname.replace(/(?<=.)\/$/, "")];
  if (single === undefined) return refuse(404, "Not Found");
  let grant, wish;
  try {
    grant = admit(tokenOf(request, url));
    wish = joinRequest(url, single);
  } catch (error) {
    console.error("refused:", error.message);
    return refuse(error instanceof TokenRefused ? error.status : 400, "Refused");
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on("error", (error) => console.error(`${grant.identity}:`, error.message));
    if (wish.reconnect) {
      // Nothing is kept of a session whose signalling has ended: the client starts anew.
      const leave = { reason: DisconnectReason.STATE_MISMATCH, action: LeaveRequest_Action.RECONNECT };
      webSocket.send(new SignalResponse({ message: { case: "leave", value: leave } }).toBinary());
      webSocket.close(1000);
      return;
    }
    const room = rooms.open(grant.room);
    const participant = new Participant(room, grant, webSocket, { host: options.host, single, autoSubscribe: wish.autoSubscribe });
    room.add(participant);
    participant.start(wish.offer);
  });
});

server.listen(Number(options.port), options.host, () => {
  const { port } = server.address();
  process.stdout.write(JSON.stringify({ event: "ready", port, url: `ws://${options.host}:${port}` }) + "\n");
});

const stop = () => {
  for (const room of rooms.all()) rooms.close(room.name);
  process.exit(0);
};
if (options["end-with-input"]) process.stdin.on("end", stop).resume();
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
