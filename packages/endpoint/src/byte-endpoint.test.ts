import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { byteEndpoint } from "./byte-endpoint.ts";
import type { EndpointOptions } from "./open-endpoint.ts";

/** An endpoint at a server that answers so. */
async function endpointOf(
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown,
  options: Partial<EndpointOptions> = {},
) {
  const server = createServer(async (request, response) => answer(request, response, await buffer(request))).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
  return byteEndpoint({ url, kind: "store", backoffMs: 1, ...options });
}

/** Keeps what it is given. */
function keeping() {
  const kept = new Map<string, Buffer>();
  return (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const path = request.url!;
    if (request.method === "PUT") kept.set(path, body);
    const found = kept.get(path);
    if (request.method === "DELETE") kept.delete(path);
    response.writeHead(found === undefined ? 404 : 200).end(request.method === "GET" ? found : undefined);
  };
}

test("bytes that are put at a path come back from it, and are gone once they are deleted", async () => {
  const endpoint = await endpointOf(keeping());
  const bytes = Uint8Array.of(0, 255, 10);
  await endpoint.put("a/b", bytes);
  expect(await endpoint.get("a/b")).toEqual(bytes);
  expect(await endpoint.get("a/c")).toBeUndefined();
  await endpoint.delete("a/b");
  await endpoint.delete("a/b"); // twice does no harm
  expect(await endpoint.get("a/b")).toBeUndefined();
});

test("each request has the headers and the method, below the address's own path", async () => {
  const seen: string[] = [];
  const endpoint = await endpointOf(
    ({ method, url, headers }, response) => {
      seen.push(`${method} ${url} ${headers.authorization}`);
      response.end();
    },
    { headers: { authorization: "Bearer s3cret-token" } },
  );
  await endpoint.put("x", Uint8Array.of(1));
  await endpoint.get("x");
  await endpoint.delete("x");
  expect(seen).toEqual(["PUT", "GET", "DELETE"].map((method) => `${method} /base/x Bearer s3cret-token`));
});

test("a put is tried again with all of its bytes, and a refusal is not", async () => {
  const bodies: number[] = [];
  const busy = await endpointOf((_, response, body) => {
    bodies.push(body.length);
    response.writeHead(bodies.length === 1 ? 503 : 201).end();
  });
  await busy.put("x", new Uint8Array(1000));
  expect(bodies).toEqual([1000, 1000]);

  let asked = 0;
  const closed = await endpointOf(
    (request, response) => {
      asked += 1;
      response.writeHead(401).end(`no entry for ${request.headers.authorization}`);
    },
    { headers: { authorization: "Bearer s3cret-token" } },
  );
  await expect(closed.put("x", Uint8Array.of(1))).rejects.toThrow(
    /^store http:\/\/\S+\/base\/x refused with status 401: no entry for Bearer …$/,
  );
  expect(asked).toBe(1);
});

test("an answer longer than the limit is refused, one as long as it is not; inflated ones count as what they become", async () => {
  const endpoint = await endpointOf((_, response) => response.end(Buffer.alloc(100)), { maxAnswerBytes: 100 });
  expect(await endpoint.get("x")).toHaveLength(100);
  const inflating = (response: ServerResponse) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(100)));
  const short = await endpointOf((_, response) => inflating(response), { maxAnswerBytes: 99 });
  await expect(short.get("x")).rejects.toMatchObject({ code: "bad-answer", message: expect.stringMatching(/more than 99 bytes$/) });
});

test("a get follows a redirect within the origin by any status, a put only where it stays a put", async () => {
  const moving = (status: number) =>
    endpointOf(({ url, method }, response) => {
      if (url === "/new") response.end(method);
      else response.writeHead(status, { location: "/new" }).end();
    });
  expect(Buffer.from((await (await moving(302)).get("x"))!).toString()).toBe("GET");
  await (await moving(307)).put("x", Uint8Array.of(1));
  await expect((await moving(302)).put("x", Uint8Array.of(1))).rejects.toThrow(/asks for a GET in place of the PUT/);
});

test("what never answers is given up after its time", async () => {
  const endpoint = await endpointOf(() => {}, { timeoutMs: 50, retries: 1 });
  await expect(endpoint.get("x")).rejects.toThrow(/gave no answer in 2 attempts; the last: no answer within 50 ms/);
});
