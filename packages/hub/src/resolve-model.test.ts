import { lstat, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { errorOf, main, model, nowhere, other, startHub, v1, weights } from "./hub.fixture.ts";
import { resolveModel } from "./resolve-model.ts";

const { root, endpoint, cache, requestsOf } = await startHub();

test("a path that exists is returned as it is", async () => {
  for (const path of [model, join(model, "config.json"), "packages", "."]) expect(await resolveModel(path)).toBe(path);
});

test("a model's configuration, tokenizer and safetensors come into the cache in its standard layout, and nothing else", async () => {
  const { resolve, folderOf } = await cache();
  const folder = await resolve("ok/tiny");
  expect(folder).toBe(join(folderOf("ok/tiny"), "snapshots", main));
  expect((await readdir(folder)).sort()).toEqual([
    "config.json",
    "generation_config.json",
    weights,
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  for (const name of await readdir(folder))
    expect(Buffer.compare(await readFile(join(folder, name)), await readFile(join(model, name)))).toBe(0);
  expect(await readFile(join(folderOf("ok/tiny"), "refs/main"), "utf8")).toBe(main);
  expect((await lstat(join(folder, weights))).isSymbolicLink()).toBe(true);
  expect(await readlink(join(folder, weights))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
  expect(await readlink(join(folder, "config.json"))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);
  expect((await readdir(join(folderOf("ok/tiny"), "blobs"))).filter((name) => name.includes("."))).toEqual([]);
});

test("a cached model is used without any request", async () => {
  const { resolve } = await cache();
  const folder = await resolve("ok/twice");
  const fetch = vi.fn();
  expect(await resolve("ok/twice", { fetch, endpoint: nowhere })).toBe(folder);
  expect(await resolve(`ok/twice@${main}`, { fetch, endpoint: nowhere })).toBe(folder);
  expect(fetch).not.toHaveBeenCalled();
});

test("a revision is a branch, a tag or a commit, in the id or as an option", async () => {
  const { resolve } = await cache();
  expect(await resolve("ok/revised@v1")).toMatch(new RegExp(`${v1}$`));
  expect(await resolve("ok/revised", { revision: "v1", endpoint: nowhere })).toMatch(new RegExp(`${v1}$`));
  expect(await resolve("ok/revised", { revision: other })).toMatch(new RegExp(`${other}$`));
  const downloads = (await requestsOf("ok/revised")).filter((line) => line.endsWith(weights));
  expect(downloads).toEqual(["/ok/revised/resolve/b/model.safetensors"]); // the same bytes at another commit need no download
  expect(await errorOf(resolve("ok/revised@v9"))).toMatchObject({ code: "not-found", message: expect.stringContaining("no revision v9") });
});

test("the oldest models have no owner", async () => {
  const { resolve, folderOf } = await cache();
  expect(await resolve("gpt2")).toBe(join(folderOf("gpt2"), "snapshots", main));
});

test("split weights come by their index", async () => {
  const { resolve } = await cache();
  expect((await readdir(await resolve("sharded/tiny"))).sort()).toEqual([
    "config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json",
    "tokenizer.json",
  ]);
  expect(await resolve("sharded/tiny", { endpoint: nowhere })).toContain("models--sharded--tiny");
  await rm(join(await resolve("sharded/tiny"), "model-00002-of-00002.safetensors"));
  expect(await errorOf(resolve("sharded/tiny", { endpoint: nowhere }))).toMatchObject({
    message: expect.stringContaining("put model-00002-of-00002.safetensors (and"),
  });
});

test("HF_HUB_CACHE, HF_HOME, HF_ENDPOINT and HF_TOKEN are honoured", async () => {
  const home = await mkdtemp(join(root, "home-"));
  vi.stubEnv("HF_HUB_CACHE", undefined);
  vi.stubEnv("HF_HOME", home);
  vi.stubEnv("HF_ENDPOINT", `${endpoint}/`);
  expect(await resolveModel("ok/home")).toBe(join(home, "hub/models--ok--home/snapshots", main));
  vi.stubEnv("HF_HUB_CACHE", join(home, "elsewhere"));
  vi.stubEnv("HF_TOKEN", "hf_member");
  expect(await resolveModel("private/tiny")).toBe(join(home, "elsewhere/models--private--tiny/snapshots", main));
});

test("progress counts the bytes of all files", async () => {
  const { resolve } = await cache();
  const seen: number[] = [];
  let total = 0;
  await resolve("drops/progress", {
    onProgress({ receivedBytes, totalBytes }) {
      seen.push(receivedBytes);
      total = totalBytes;
    },
  });
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(total);
});
