// livekit-client in Chromium, driven by JSON lines: a command on stdin is {"id", "do", ...}, its
// answer on stdout {"id", "ok"} or {"id", "error"}. Each participant is a browser context of its own
// with a page; what the pages print goes to stderr.
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const dist = new URL("./node_modules/livekit-client/dist/", import.meta.url);
const here = new URL("./", import.meta.url);
const FILES = {
  "/page.html": [here, "text/html"],
  "/page.mjs": [here, "text/javascript"],
  "/livekit-client.umd.js": [dist, "text/javascript"],
  "/livekit-client.e2ee.worker.js": [dist, "text/javascript"],
};

const print = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const log = (...words) => process.stderr.write(words.join(" ") + "\n");

const server = createServer((request, response) => {
  const path = new URL(request.url, "http://page").pathname;
  const [folder, type] = FILES[path] ?? [];
  response.writeHead(folder ? 200 : 404, { "content-type": type ?? "text/plain" });
  if (!folder) response.end();
  else createReadStream(new URL(`.${path}`, folder)).pipe(response);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;

let browser;
const pages = new Map();

/** Has the page of a participant do something. */
const inPage = (as, name, args) => {
  const page = pages.get(as);
  if (!page) throw new Error(`there is no participant ${as}`);
  return page.evaluate(([what, how]) => window.participant[what](how), [name, args]);
};

const commands = {
  async start() {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
      ],
    });
    return { chromium: browser.version() };
  },

  async open({ as }) {
    const context = await browser.newContext({ permissions: ["microphone", "camera"] });
    const page = await context.newPage();
    page.on("console", (message) => log(`${as}: ${message.type()} ${message.text()}`));
    page.on("pageerror", (error) => log(`${as}: ${error.stack}`));
    await page.goto(`${origin}/page.html?log=${process.env.LIVEKIT_LOG ?? "warn"}`);
    await page.waitForFunction(() => window.ready);
    pages.set(as, page);
    return {};
  },

  async close({ as }) {
    await pages.get(as)?.context().close();
    pages.delete(as);
    return {};
  },

  async stop() {
    await browser?.close();
    setTimeout(() => process.exit(0), 0);
    return {};
  },
};
for (const name of ["join", "key", "ratchet", "publish", "unpublish", "say", "state", "leave"]) {
  commands[name] = async ({ as, ...args }) => (await inPage(as, name, args)) ?? {};
}

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, do: name, ...args } = JSON.parse(line);
    try {
      print({ id, ok: await commands[name](args) });
    } catch (error) {
      log(`command ${name} failed:`, error.stack);
      print({ id, error: String(error) });
    }
  })
  .on("close", async () => {
    await browser?.close().catch(() => {});
    process.exit(0);
  });
print({ event: "ready" });
