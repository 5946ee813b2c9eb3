import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readModelConfig } from "./model-config.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cai-config-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(config: unknown) {
  await writeFile(join(directory, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  return readModelConfig(directory);
}

test("without config.json nothing is known", async () => {
  expect(await readModelConfig(join(directory, "none"))).toEqual({
    modelType: undefined,
    padTokenId: undefined,
    vocabSize: undefined,
    maxTokens: undefined,
    firstPosition: 0,
    labels: undefined,
    independentLabels: false,
  });
});

test.each([
  ["bert", { pad_token_id: 0 }, 512, 0],
  ["roberta", { pad_token_id: 1 }, 510, 2],
  ["xlm-roberta", {}, 510, 2],
  ["camembert", { pad_token_id: 3 }, 508, 4],
  ["longformer", { pad_token_id: 1 }, 510, 2],
  ["mpnet", { pad_token_id: 5 }, 510, 2],
  ["esm", { pad_token_id: 1 }, 510, 2],
  ["esm", { pad_token_id: 1, position_embedding_type: "rotary" }, 512, 0],
  ["ernie_m", { pad_token_id: 1 }, 510, 2],
  ["gpt2", {}, 512, 0],
])("%s with %o and 512 positions has room for %i tokens", async (model_type, more, maxTokens, firstPosition) => {
  expect(await read({ model_type, max_position_embeddings: 512, ...more })).toMatchObject({ maxTokens, firstPosition });
});

test("GPT-2 calls its positions by another name", async () => {
  expect(await read({ model_type: "gpt2", n_positions: 64 })).toMatchObject({ maxTokens: 64 });
});

test.each([null, -1, 100, 1.5, "0", [0]])("a pad id of %o is none", async (pad_token_id) => {
  expect((await read({ vocab_size: 100, pad_token_id })).padTokenId).toBeUndefined();
});

test("labels stand at their index", async () => {
  expect((await read({ id2label: { 1: "warm", 0: "hostile" } })).labels).toEqual(["hostile", "warm"]);
  expect((await read({ id2label: { 2: "warm" } })).labels?.[2]).toBe("warm");
  expect((await read({ id2label: {} })).labels).toBeUndefined();
  expect((await read({ problem_type: "multi_label_classification" })).independentLabels).toBe(true);
});

test.each(["{", "[]", "null", "3"])("%s is refused", async (text) => {
  await expect(read(text)).rejects.toMatchObject({ code: "bad-model", message: expect.stringContaining("config.json") });
});

test("one that is there and can't be read is no absent one", async () => {
  const folder = await mkdtemp(join(directory, "folder-"));
  await mkdir(join(folder, "config.json"));
  await expect(readModelConfig(folder)).rejects.toMatchObject({ code: "bad-model", message: expect.stringContaining("it is a folder") });
});
