import { createHash } from "node:crypto";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, onTestFinished, test } from "vitest";
import { startWeightServer, sweep, type WeightServerOptions } from "./weight-server.ts";
import { mostObjectBytes } from "./weight-store.ts";

const run = "0123456789abcdef";
const bytes = Buffer.from("numbers");
const hashOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const name = hashOf(bytes);

async function serve(options: Partial<WeightServerOptions> = {}) {
  const folder = await temporaryFolder();
  const server = await startWeightServer({ folder, ...options });
  onTestFinished(() => server.close());
  const ask = (method: string, path: string, more: RequestInit = {}) => fetch(`${server.url}${path}`, { method, ...more });
  const files = async () => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return { folder, server, ask, files };
}

test("what is put is there until it is deleted", async () => {
  const { ask, folder } = await serve();
  const path = `/${run}/${name}`;
  expect((await ask("GET", path)).status).toBe(404);
  expect((await ask("PUT", path, { body: bytes })).status).toBe(201);
  const answer = await ask("GET", path);
  expect(answer.headers.get("content-length")).toBe(String(bytes.length));
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  expect((await ask("DELETE", path)).status).toBe(204);
  expect((await ask("DELETE", path)).status).toBe(204);
  expect(await readdir(folder)).toEqual([]);
});

test("bytes that their name is not the hash of are refused, and leave nothing", async () => {
  const { ask, files } = await serve();
  const refused = await ask("PUT", `/${run}/${"0".repeat(64)}`, { body: bytes });
  expect([refused.status, await refused.text()]).toEqual([400, "the name is not the SHA-256 of what came\n"]);
  expect(await files()).toEqual([]);
});

test("more than 8 MiB are refused, whether the length is told or not, and leave nothing; 8 MiB are not", async () => {
  const { ask, files } = await serve();
  const large = Buffer.alloc(mostObjectBytes + 1);
  const streamed = () => ({ body: new Blob([large]).stream(), duplex: "half" }) as RequestInit;
  for (const more of [{ body: large }, streamed()]) {
    const answer = await ask("PUT", `/${run}/${hashOf(large)}`, more).catch(() => undefined);
    expect([413, undefined]).toContain(answer?.status); // the connection may be closed before all is sent
  }
  expect(await files()).toEqual([]);
  const largest = large.subarray(1);
  expect((await ask("PUT", `/${run}/${hashOf(largest)}`, { body: largest })).status).toBe(201);
});

test("who leaves in the midst of a put leaves nothing", async () => {
  const { server, files } = await serve();
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(`PUT /${run}/${name} HTTP/1.1\r\nhost: x\r\ncontent-length: 7\r\n\r\nnum`);
  await expect.poll(files).toHaveLength(1);
  socket.destroy();
  await expect.poll(files).toEqual([]);
});

test.each([
  "/",
  `/${run}`,
  `/${run}/`,
  `/${run}/../${run}/${name}`,
  "/%2e%2e/etc",
  `/${run}/${name.toUpperCase()}`,
  `/${run}/${name}?x`,
  `//${run}/${name}`,
])("%s is no place of an object", async (path) => {
  const { server } = await serve();
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1"); // fetch would mend the path
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) text += chunk;
  expect(text).toMatch(/^HTTP\/1\.1 404 /);
});

test("other methods are refused", async () => {
  const { ask } = await serve();
  expect((await ask("POST", `/${run}/${name}`, { body: bytes })).status).toBe(405);
});

test("with a token only requests that bring it are served", async () => {
  const { ask, files } = await serve({ token: "s3cret" });
  const path = `/${run}/${name}`;
  for (const authorization of [undefined, "Bearer s3cre", "Bearer s3cretx", "Basic s3cret"]) {
    const headers = authorization === undefined ? {} : { authorization };
    expect((await ask("PUT", path, { body: bytes, headers })).status).toBe(401);
  }
  expect(await files()).toEqual([]);
  expect((await ask("PUT", path, { body: bytes, headers: { authorization: "Bearer s3cret" } })).status).toBe(201);
});

test("without a token it serves this machine alone", async () => {
  const folder = await temporaryFolder();
  await expect(startWeightServer({ folder, host: "0.0.0.0" })).rejects.toMatchObject({ code: "bad-option", message: /give a token/ });
  await expect(startWeightServer({ folder, token: "" })).rejects.toMatchObject({ code: "bad-option" });
});

test("a port that is taken is told", async () => {
  const { server, folder } = await serve();
  const port = Number(new URL(server.url).port);
  await expect(startWeightServer({ folder, port })).rejects.toThrow(new RegExp(`port ${port} of 127.0.0.1 can't be used: .*EADDRINUSE`));
});

test("what nobody has put for a day goes, and what is not of weights stays", async () => {
  const { folder, ask } = await serve();
  await writeFile(join(folder, "notes.txt"), "mine");
  const other = Buffer.from("other");
  for (const content of [bytes, other]) await ask("PUT", `/${run}/${hashOf(content)}`, { body: content });
  const hours = 3_600_000;
  const old = new Date(Date.now() - 25 * hours);
  await utimes(join(folder, run, name), old, old);
  await utimes(join(folder, "notes.txt"), old, old);
  await sweep(folder, Date.now());
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([run, join(run, hashOf(other)), "notes.txt"].toSorted());
  await sweep(folder, Date.now() + 25 * hours);
  expect(await readdir(folder)).toEqual(["notes.txt"]);
});
