import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSamples } from "./read-samples.ts";

async function folderWith(text?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-samples-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  if (text !== undefined) await writeFile(join(folder, "samples.jsonl"), text);
  return folder;
}

const sample = { step: 1, prompt: "a", response: "b", score: 0.5 };

test("samples in their order, without a last line that was left unfinished", async () => {
  const text = `${JSON.stringify(sample)}\n${JSON.stringify({ ...sample, step: 2, more: true })}\n{"step": 3, "pro`;
  expect(await readSamples(await folderWith(text))).toEqual([sample, { ...sample, step: 2 }]);
});

test("a folder without samples has none", async () => {
  expect(await readSamples(await folderWith())).toEqual([]);
});

test.each(["[]", '{"step": 1, "prompt": "a", "response": "b", "score": null}', "null", "{"])(
  "line %s is refused by its number",
  async (line) => {
    const folder = await folderWith(`${JSON.stringify(sample)}\n${line}\n`);
    await expect(readSamples(folder)).rejects.toThrow(/samples\.jsonl:2: expected \{"step"/);
  },
);
