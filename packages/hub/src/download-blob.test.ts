import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { errorOf, expectWeights, main, startHub, weights } from "./hub.fixture.ts";
import type { ResolveModelOptions } from "./resolve-model.ts";

const { cache, requestsOf } = await startHub();

test("a connection that drops goes on where it broke, as often as it brings something", async () => {
  const { resolve } = await cache();
  await expectWeights(await resolve("drops/tiny"));
  const ranges = (await requestsOf("drops/tiny")).filter((line) => line.includes(weights)).map((line) => line.split("bytes=")[1]);
  const starts = ranges.map((range) => (range === undefined ? 0 : Number.parseInt(range, 10)));
  // A reset connection may take with it what was still on its way, so where each attempt begins is not fixed; that it goes on is.
  expect(starts[0]).toBe(0);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(new Set(starts).size).toBeGreaterThan(2);
});

test("a server that knows no ranges sends a dropped file again as a whole", async () => {
  const { resolve } = await cache();
  await expectWeights(await resolve("drops-then-whole/tiny"));
});

test.each(["slow", "busy-once", "moved"])("a server that is %s is waited for or followed", async (owner) => {
  const { resolve } = await cache();
  await expectWeights(await resolve(`${owner}/tiny`, { token: "hf_member" }));
});

test("a transfer that stands still is broken off and goes on", async () => {
  vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "0.2");
  const { resolve } = await cache();
  await expectWeights(await resolve("stalls-once/tiny"));
});

test("what an aborted download left is where the next one begins", async () => {
  const { resolve, folderOf } = await cache();
  const abort = new AbortController();
  const reason = new Error("enough");
  const onProgress: ResolveModelOptions["onProgress"] = ({ file, receivedBytes }) => {
    if (file === weights && receivedBytes > 100_000) abort.abort(reason);
  };
  expect(await errorOf(resolve("drops-once/left", { signal: abort.signal, onProgress }))).toBe(reason);
  expect((await readdir(join(folderOf("drops-once/left"), "blobs"))).filter((name) => name.endsWith(".incomplete"))).toHaveLength(1);
  await expectWeights(await resolve("drops-once/left"));
  const ranges = (await requestsOf("drops-once/left")).filter((line) => line.includes(`${weights} bytes=`));
  expect(ranges.length).toBeGreaterThan(0);
  expect((await readdir(join(folderOf("drops-once/left"), "blobs"))).filter((name) => name.endsWith(".incomplete"))).toEqual([]);
});

test("a leftover of a process that is gone is taken over, also when it is damaged; one of a living process is left alone", async () => {
  const { resolve, folderOf } = await cache();
  const blobs = join(folderOf("ok/left"), "blobs");
  const hash = (await readlink(join(await resolve("ok/left"), weights))).split("/").at(-1)!;
  const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(gone, "exit");
  const leftBy = (pid: number) => join(blobs, `${hash}.${pid}-1.incomplete`);
  await rm(join(folderOf("ok/left"), "snapshots"), { recursive: true });
  await rm(join(blobs, hash));
  await writeFile(leftBy(gone.pid!), "no beginning of that file");
  await writeFile(leftBy(process.ppid), "somebody is at work here");
  await expectWeights(await resolve("ok/left"));
  expect((await readdir(blobs)).filter((name) => name.endsWith(".incomplete"))).toEqual([`${hash}.${process.ppid}-1.incomplete`]);
  expect((await requestsOf("ok/left")).at(-2)).toBe("/ok/left/resolve/a/model.safetensors bytes=25-");
  expect((await requestsOf("ok/left")).at(-1)).toBe("/ok/left/resolve/a/model.safetensors");
});

test("two at a time don't disturb each other", async () => {
  const { resolve } = await cache();
  const [one, two] = await Promise.all([resolve("slow/both"), resolve("slow/both")]);
  expect(one).toBe(two);
  await expectWeights(one);
});

test.each(["damaged", "longer"])("weights that come %s are refused, and not kept", async (owner) => {
  const { resolve, folderOf } = await cache();
  expect(await errorOf(resolve(`${owner}/tiny`))).toMatchObject({ code: "damaged", message: expect.stringContaining(weights) });
  expect((await readdir(join(folderOf(`${owner}/tiny`), "blobs"))).filter((name) => name.length !== 40)).toEqual([]);
});

test("a connection that breaks for good keeps what came, and says that the hub can't be reached", async () => {
  vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "0.2");
  const { resolve, folderOf } = await cache();
  const dead: typeof fetch = (input, init) =>
    String(input).endsWith(weights) ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init);
  const error = await errorOf(resolve("ok/breaks", { fetch: dead }));
  expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("fetch failed") });
  expect(error.message).toContain("put model.safetensors (and");
  expect(await readdir(join(folderOf("ok/breaks"), "snapshots", main))).toContain("tokenizer.json");
});
