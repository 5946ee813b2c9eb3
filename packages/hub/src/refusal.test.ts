import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { errorOf, nowhere, startHub, weights } from "./hub.fixture.ts";
import type { ResolveModelOptions } from "./resolve-model.ts";

const { cache } = await startHub();

const refusals: [id: string, options: ResolveModelOptions, code: string, message: RegExp][] = [
  ["nobody/tiny", { token: "hf_member" }, "not-found", /is not at http.*: check the name\n.*HF_TOKEN/],
  ["nobody/tiny", {}, "no-access", /does not exist at http.*, or needs an account: check the name\n.*set HF_TOKEN/],
  ["private/tiny", { token: "hf_wrong" }, "no-access", /HF_TOKEN is not valid\n.*settings\/tokens/],
  ["gated/tiny", {}, "no-access", /needs an account.*\n.*gated.*\/gated\/tiny and set HF_TOKEN/],
  ["gated/tiny", { token: "hf_outsider" }, "no-access", /not open to the account of HF_TOKEN\nAccept its terms at http.*\/gated\/tiny/],
  ["busy/tiny", {}, "hub-failed", /answered with status 503\nTry again later/],
  ["odd/tiny", {}, "hub-failed", /"..\/..", which is no commit/],
];
test.each(refusals)("%s with %o is refused by the code %s", async (id, options, code, message) => {
  const { resolve } = await cache();
  const error = await errorOf(resolve(id, options));
  expect(error).toMatchObject({ name: "HubError", code, message: expect.stringMatching(message) });
  expect(error.message).toContain(`${id} does not exist here (${join(process.cwd(), id)}), and as a model of the hub`);
  expect(error.message.split("\n").length).toBeLessThanOrEqual(2);
});

test("a token that isn't one is told before it is sent", async () => {
  const fetch = vi.fn();
  const { resolve } = await cache();
  expect(await errorOf(resolve("ok/tiny", { token: "secret", fetch }))).toMatchObject({ code: "no-access", message: /^((?!secret).)*$/ });
  expect(fetch).not.toHaveBeenCalled();
});

test("repositories without safetensors say what to do instead, before anything is downloaded", async () => {
  const { resolve, cacheDir } = await cache();
  expect((await errorOf(resolve("gguf/tiny"))).message).toMatch(
    /no config.json, tokenizer.json, model.safetensors\n.*model-q8_0.gguf.*path/,
  );
  expect((await errorOf(resolve("pickle/tiny"))).message).toMatch(/has no model.safetensors\n.*save_pretrained/);
  expect(await readdir(cacheDir)).toEqual([]);
});

test("an index of split weights that points out of the folder is refused", async () => {
  const { resolve } = await cache();
  expect(await errorOf(resolve("escaping/tiny"))).toMatchObject({
    code: "unusable",
    message: expect.stringContaining("lists no safetensors files"),
  });
});

test("offline, without a cached model, two lines say where to put which files; put there, they are used", async () => {
  const { resolve, folderOf } = await cache();
  const error = await errorOf(resolve("ok/absent", { endpoint: nowhere }));
  const folder = join(folderOf("ok/absent"), "snapshots/main");
  expect(error).toMatchObject({ code: "offline" });
  const [first, second, ...more] = error.message.split("\n");
  expect(first).toMatch(/^ok\/absent does not exist here .* is not in the cache, and http:\/\/127.0.0.1:9 can't be reached \(.+\)$/);
  expect(second).toContain("put config.json, tokenizer.json, model.safetensors (and ");
  expect(second).toContain(`into ${folder}`);
  expect(more).toEqual([]);
  await mkdir(folder, { recursive: true });
  for (const name of ["config.json", "tokenizer.json", weights]) await writeFile(join(folder, name), "");
  expect(await resolve("ok/absent", { endpoint: nowhere })).toBe(folder);
});

test("a model that is cached in part names what is missing, and where the rest lies", async () => {
  const { resolve } = await cache();
  const folder = await resolve("ok/part");
  await rm(join(folder, "tokenizer.json"));
  const error = await errorOf(resolve("ok/part", { endpoint: nowhere }));
  expect(error.message).toContain("put tokenizer.json (and");
  expect(error.message).toContain(`into ${folder}`);
});

test("HF_HUB_OFFLINE keeps it from asking", async () => {
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  const fetch = vi.fn();
  const { resolve } = await cache();
  expect(await errorOf(resolve("ok/tiny", { fetch }))).toMatchObject({
    code: "offline",
    message: expect.stringContaining("HF_HUB_OFFLINE is set"),
  });
  expect(fetch).not.toHaveBeenCalled();
});
