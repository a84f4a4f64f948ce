// LiveKit access tokens: JSON Web Tokens with HS256 over the shared secret.
import { createHmac, timingSafeEqual } from "node:crypto";

const LEEWAY_SECONDS = 60;

/** Why a token is refused; `status` is the HTTP status for it. */
export class TokenRefused extends Error {
  constructor(message, status = 401) {
    super(message);
    this.status = status;
  }
}

const part = (text) => {
  try {
    const value = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // Refused below like every other text that is no JSON object.
  }
  throw new TokenRefused("the token is malformed");
};

/** The claims of a token that the holder of `secret` has signed and that is valid at `now` (seconds). */
export function verify(token, key, secret, now = Date.now() / 1000) {
  const parts = (token ?? "").split(".");
  if (parts.length !== 3) throw new TokenRefused("there is no token");
  const [header, claims] = [part(parts[0]), part(parts[1])];
  if (header.alg !== "HS256") throw new TokenRefused("the token is not signed with HS256");
  if (claims.iss !== key) throw new TokenRefused("the token's API key is unknown");
  const expected = createHmac("sha256", secret).update(`${parts[0]}.${parts[1]}`).digest();
  const actual = Buffer.from(parts[2], "base64url");
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw new TokenRefused("the token's signature is wrong");
  }
  if (typeof claims.exp !== "number") throw new TokenRefused("the token does not expire");
  if (now > claims.exp + LEEWAY_SECONDS) throw new TokenRefused("the token has expired");
  if (now < (claims.nbf ?? 0) - LEEWAY_SECONDS) throw new TokenRefused("the token is not valid yet");
  return claims;
}

/** What a token for joining a room grants. */
export function joinGrant(claims) {
  const video = claims.video ?? {};
  const identity = claims.sub ?? claims.jti;
  if (!video.roomJoin || !video.room) throw new TokenRefused("the token does not allow to join a room");
  if (!identity) throw new TokenRefused("the token names no participant");
  const canPublish = video.canPublish ?? true;
  return {
    room: video.room,
    identity,
    name: claims.name ?? "",
    metadata: claims.metadata ?? "",
    attributes: claims.attributes ?? {},
    canPublish,
    canSubscribe: video.canSubscribe ?? true,
    canPublishData: video.canPublishData ?? canPublish,
    canUpdateMetadata: video.canUpdateOwnMetadata ?? false,
  };
}
