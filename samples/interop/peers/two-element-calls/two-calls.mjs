// Two Element Calls in Chromium, each hosted by our bridge for a user of its own, in one encrypted call:
//   node two-calls.mjs --links FILE --sfu URL --key KEY --secret SECRET [--screenshots DIR]
// FILE holds the lines of `matrixrtc widget-host --json`. Prints what it found; exits 1 at the first thing
// that does not come about in time.
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const LIMIT_MS = 90_000;
const POLL_MS = 500;
const PRESS_MS = 5_000;
const ENOUGH_FRAMES = 20;
const SOME_ENERGY = 0.01;
const GCM = "GCM";

const { values: options } = parseArgs({
  options: {
    links: { type: "string" },
    sfu: { type: "string" },
    key: { type: "string" },
    secret: { type: "string" },
    screenshots: { type: "string" },
  },
});
if (options.screenshots) mkdirSync(options.screenshots, { recursive: true });

const started = Date.now();
const found = (what) => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s: ${what}`);

/** Asks again and again until `ask` gives something; then that. */
async function until(what, ask, limit = LIMIT_MS) {
  const end = Date.now() + limit;
  for (let last; ; ) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not in ${limit / 1000} s: ${what}; last: ${JSON.stringify(last?.message ?? last)}`);
    await new Promise((later) => setTimeout(later, POLL_MS));
  }
}

/** Who is at the SFU, as a service with the key may ask. */
async function atSfu(method, body, grants) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: options.key, sub: "two-calls", exp: Math.floor(Date.now() / 1000) + 60, video: grants };
  const signed = `${part({ alg: "HS256" })}.${part(claims)}`;
  const token = `${signed}.${createHmac("sha256", options.secret).update(signed).digest("base64url")}`;
  const answer = await fetch(`${options.sfu.replace(/^ws/, "http")}/twirp/livekit.RoomService/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method}: ${answer.status}`);
  return answer.json();
}

async function participants() {
  const { rooms = [] } = await atSfu("ListRooms", {}, { roomList: true });
  const all = await Promise.all(rooms.map(({ name }) => atSfu("ListParticipants", { room: name }, { roomAdmin: true, room: name })));
  return all.flatMap((one) => one.participants ?? []);
}

/** Keeps every peer connection of a page where the statistics can be asked for. */
function keepConnections() {
  const Native = window.RTCPeerConnection;
  window.keptConnections = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      window.keptConnections.push(this);
    }
  };
}

async function received() {
  const sum = { frames: 0, energy: 0, packets: 0 };
  for (const connection of window.keptConnections) {
    for (const one of (await connection.getStats()).values()) {
      if (one.type !== "inbound-rtp") continue;
      sum.frames += one.framesDecoded ?? 0;
      sum.energy += one.totalAudioEnergy ?? 0;
      sum.packets += one.packetsReceived ?? 0;
    }
  }
  return sum;
}

class Caller {
  constructor(user, page) {
    this.user = user;
    this.page = page;
  }

  static async open(browser, { user, url }) {
    const context = await browser.newContext({ permissions: ["microphone", "camera"], viewport: { width: 1280, height: 800 } });
    await context.addInitScript(keepConnections);
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) process.stderr.write(`${user}: ${message.type()} ${message.text()}\n`);
    });
    page.on("pageerror", (error) => process.stderr.write(`${user}: ${error.stack}\n`));
    await page.goto(url);
    return new Caller(user, page);
  }

  /** The frame that Element Call runs in. */
  get call() {
    return this.page.frames().find((frame) => frame !== this.page.mainFrame() && frame.url().startsWith("http"));
  }

  /** Presses a button that goes away once it is pressed: a press on a busy machine may work and yet be reported as late. */
  async press(testId) {
    const button = () => this.call?.locator(`[data-testid="${testId}"]`);
    await until(`${this.user} sees ${testId}`, () => button()?.isVisible());
    await until(`${this.user} has pressed ${testId}`, async () => {
      if (await button()?.isVisible()) await button().click({ timeout: PRESS_MS }).catch((late) => found(`${testId}: ${late.message}`));
      await button()?.waitFor({ state: "hidden", timeout: PRESS_MS });
      return true;
    });
  }

  received() {
    return this.call.evaluate(received);
  }

  async screenshot(name) {
    if (options.screenshots) await this.page.screenshot({ path: `${options.screenshots}/${this.user.replace(/\W+/g, "-")}-${name}.png` });
  }
}

const links = readFileSync(options.links, "utf8").split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)).filter((line) => line.type === "link");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
  ],
});
const callers = [];
try {
  for (const link of links) {
    const caller = await Caller.open(browser, link);
    callers.push(caller);
    await caller.press("lobby_joinCall");
    await until(`${link.user} is at the SFU`, async () => (await participants()).length === callers.length);
    found(`${link.user} is in the call`);
  }
  const encrypted = await until("each publishes sound and pictures", async () => {
    const tracks = (await participants()).map((one) => one.tracks ?? []);
    return tracks.every((list) => list.length === 2) && tracks.flat().map((track) => track.encryption);
  });
  if (encrypted.some((kind) => kind !== GCM)) throw new Error(`tracks are not encrypted: ${encrypted}`);
  found("every track is announced as encrypted");
  for (const caller of callers) {
    const media = await until(`${caller.user} hears and sees`, async () => {
      const now = await caller.received();
      if (now.frames >= ENOUGH_FRAMES && now.energy > SOME_ENERGY) return now;
      throw new Error(JSON.stringify(now));
    });
    found(`${caller.user} hears and sees the other: ${media.frames} frames decoded`);
    await caller.screenshot("in-call");
  }
  // They stay, and what comes goes on to be decoded.
  const before = await Promise.all(callers.map((one) => one.received()));
  await until("pictures go on", async () => {
    const now = await Promise.all(callers.map((one) => one.received()));
    return now.every((one, i) => one.frames > before[i].frames + 5 * ENOUGH_FRAMES);
  });
  found("both stay");

  await callers[0].press("incall_leave");
  await until("the other one is alone", async () => (await participants()).length === callers.length - 1);
  found(`${callers[0].user} has hung up`);
  await callers[1].press("incall_leave");
  await until("the room is empty", async () => (await participants()).length === 0);
  found(`${callers[1].user} has hung up`);
} catch (error) {
  console.log(error.message);
  for (const caller of callers) {
    await caller.screenshot("failed");
    const media = await caller.received().catch((none) => none.message);
    console.log(`${caller.user}: ${JSON.stringify(media)}`);
  }
  process.exitCode = 1;
} finally {
  await browser.close();
}
