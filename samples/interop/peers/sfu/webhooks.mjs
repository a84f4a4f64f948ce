// Reports who joins and leaves, as LiveKit does: JSON, vouched for by a token over its hash.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { WebhookEvent } from "@livekit/protocol";

const TOKEN_SECONDS = 300;

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function tokenFor(body, key, secret) {
  const sha256 = createHash("sha256").update(body).digest("base64");
  const claims = { iss: key, exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS, sha256 };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Sends each event to a URL, one after the other; with no URL it sends nothing. */
export class Webhooks {
  #url;
  #key;
  #secret;
  #sending = Promise.resolve();

  constructor(url, key, secret) {
    this.#url = url;
    this.#key = key;
    this.#secret = secret;
  }

  report(event, room, participant) {
    if (!this.#url) return;
    const body = new WebhookEvent({
      event,
      room,
      participant,
      id: `EV_${randomUUID()}`,
      createdAt: BigInt(Math.floor(Date.now() / 1000)),
    }).toJsonString();
    this.#sending = this.#sending.then(() => this.#send(event, body)).catch((error) => console.error("webhook:", error.message));
  }

  async #send(event, body) {
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: { "content-type": "application/webhook+json", authorization: tokenFor(body, this.#key, this.#secret) },
      body,
    });
    if (!answer.ok) console.error(`webhook ${event}: answered with ${answer.status}`);
  }
}
