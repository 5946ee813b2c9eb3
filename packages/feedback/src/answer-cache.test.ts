import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test, vi } from "vitest";
import { answerCache, noCache } from "./answer-cache.ts";

/** A cache in a folder that isn't there yet, and how often it asked. */
async function freshCache() {
  const folder = join(await temporaryFolder(), "a", "b");
  const ask = vi.fn(async () => ({ text: "é", logprobs: [-0.1, null] }));
  return { folder, ask, cached: (request: unknown) => answerCache(folder).answer(request, ask) };
}
const answered = { text: "é", logprobs: [-0.1, null] };

test("a request is asked once, also by another cache on the folder", async () => {
  const { folder, ask, cached } = await freshCache();
  expect(await cached({ model: "m", messages: ["a"] })).toEqual(answered);
  expect(await cached({ model: "m", messages: ["a"] })).toEqual(answered);
  expect(ask).toHaveBeenCalledOnce();
  expect(await readdir(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
});

test("any difference in the request is another request", async () => {
  const { ask, cached } = await freshCache();
  await cached({ url: "http://a", model: "m", seed: 1 });
  await cached({ url: "http://a", model: "m", seed: 2 });
  await cached({ url: "http://a", model: "n", seed: 1 });
  await cached({ url: "http://b", model: "m", seed: 1 });
  expect(ask).toHaveBeenCalledTimes(4);
});

test("what fails is not kept", async () => {
  const { folder, ask, cached } = await freshCache();
  ask.mockRejectedValueOnce(new Error("down"));
  await expect(cached({})).rejects.toThrow("down");
  expect(await readdir(folder)).toEqual([]);
  expect(await cached({})).toEqual(answered);
});

test.each([
  ["cut", (text: string) => text.slice(0, text.length / 2)],
  ["empty", () => ""],
  ["null", () => "null"],
  ["of another value", (text: string) => text.replace("é", "e")],
])("an entry that is %s is asked for anew, and replaced", async (_, damage) => {
  const { folder, ask, cached } = await freshCache();
  await cached({});
  const path = join(folder, (await readdir(folder))[0]!);
  const whole = await readFile(path, "utf8");
  await writeFile(path, damage(whole));
  expect(await cached({})).toEqual(answered);
  expect(ask).toHaveBeenCalledTimes(2);
  expect(await readFile(path, "utf8")).toBe(whole);
});

test("an entry under another's name is none", async () => {
  const { folder, ask, cached } = await freshCache();
  await cached({ seed: 1 });
  const [one] = await readdir(folder);
  await cached({ seed: 2 });
  const other = (await readdir(folder)).find((name) => name !== one)!;
  await rename(join(folder, one!), join(folder, other));
  await cached({ seed: 2 });
  expect(ask).toHaveBeenCalledTimes(3);
});

test("many are read and written at a time", async () => {
  const { folder, cached } = await freshCache();
  await Promise.all(Array.from({ length: 200 }, (_, seed) => cached({ seed })));
  expect(await readdir(folder)).toHaveLength(200);
});

test("a folder that can't be made is refused before anything is asked", async () => {
  const { folder, ask, cached } = await freshCache();
  await mkdir(join(folder, ".."), { recursive: true });
  await writeFile(folder, "a file");
  await expect(cached({})).rejects.toMatchObject({ code: "cannot-write", message: expect.stringContaining("can't be made") });
  expect(ask).not.toHaveBeenCalled();
});

test("an entry that can't be written is an error", async () => {
  const { folder, cached } = await freshCache();
  await cached({});
  const path = join(folder, (await readdir(folder))[0]!);
  await rm(path);
  await mkdir(path);
  await expect(cached({})).rejects.toMatchObject({ code: "cannot-write" });
});

test("without a cache everything is asked", async () => {
  const ask = vi.fn(async () => 7);
  expect([await noCache.answer({}, ask), await noCache.answer({}, ask)]).toEqual([7, 7]);
  expect(ask).toHaveBeenCalledTimes(2);
});
