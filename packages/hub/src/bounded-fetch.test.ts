import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createGzip } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { boundedFetch } from "./bounded-fetch.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/api`;
}

test("an answer below the bound is the answer, with its status, headers and address", async () => {
  const url = await serve((_, response) => response.writeHead(404, { "x-error-code": "none" }).end('{"a": 1}'));
  const response = await boundedFetch(fetch)(url);
  expect(response).toMatchObject({ status: 404, url });
  expect(response.headers.get("x-error-code")).toBe("none");
  expect(await response.json()).toEqual({ a: 1 });
});

test("one that inflates without end is given up at the bound", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip" });
    const gzip = createGzip();
    gzip.pipe(response);
    const write = () => {
      while (!gzip.destroyed && gzip.write(Buffer.alloc(65_536, "[")));
    };
    gzip.on("drain", write);
    response.on("close", () => gzip.destroy());
    write();
  });
  const response = await boundedFetch(fetch, 1e6)(url);
  await expect(response.text()).rejects.toMatchObject({
    code: "hub-failed",
    message: expect.stringContaining("answered more than 1000000 bytes"),
  });
});
