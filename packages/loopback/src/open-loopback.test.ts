import { Agent, request } from "node:http";
import { networkInterfaces } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { type LoopbackOptions, openLoopback } from "./open-loopback.ts";

async function open(options: Partial<LoopbackOptions> = {}) {
  const server = await openLoopback({ fetch: () => new Response("hello"), ...options });
  onTestFinished(() => server.close());
  return server;
}

/** As a client that says whatever it likes of itself. */
function ask(url: string, { headers = {}, agent }: { headers?: Record<string, string>; agent?: Agent } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request({ hostname, port, headers, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode!, text }));
    });
    asked.on("error", reject).end();
  });
}

test("this machine is answered", async () => {
  expect(await ask((await open()).url)).toEqual({ status: 200, text: "hello" });
});

test("another host's name and another page are refused before anything is asked, in the server's own words", async () => {
  let asked = 0;
  const { url } = await open({
    fetch() {
      asked += 1;
      return new Response();
    },
    refuse: (why) => Response.json({ why }, { status: 403 }),
  });
  const refused = [await ask(url, { headers: { host: "evil.example" } }), await ask(url, { headers: { origin: "https://evil.example" } })];
  expect(refused).toEqual([
    { status: 403, text: '{"why":"this address is for this machine alone: ask 127.0.0.1 or localhost"}' },
    { status: 403, text: '{"why":"another page may not ask here"}' },
  ]);
  expect(asked).toBe(0);
});

test("whoever comes over the network doesn't reach it", async () => {
  const outer = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
  if (outer === undefined) return;
  const { port } = new URL((await open()).url);
  await expect(ask(`http://${outer}:${port}`)).rejects.toThrow();
});

test("closing ends kept connections, and answers that would never end", async () => {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const server = await openLoopback({
    fetch(asked) {
      if (new URL(asked.url).pathname === "/") return new Response("hello");
      begin();
      return new Promise(() => {});
    },
  });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  await ask(server.url, { agent });
  const endless = fetch(`${server.url}/endless`);
  await begun;
  const ended = expect(endless).rejects.toThrow();
  await server.close();
  await ended;
  await expect(ask(server.url)).rejects.toThrow("ECONNREFUSED");
});

test("a port that is taken, and one that can't be, are told", async () => {
  const taken = Number(new URL((await open()).url).port);
  await expect(open({ port: taken })).rejects.toMatchObject({
    code: "port",
    message: `port ${taken} is taken: name another one, or 0 for any that is free`,
  });
  await expect(open({ port: 65536 })).rejects.toMatchObject({ code: "port", message: expect.stringContaining("port 65536 can't be used") });
});
