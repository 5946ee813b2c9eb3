import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoPrompts } from "@cai/demo";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { dataReader } from "./read-data.ts";
import { readPromptRows } from "./read-prompts.ts";

const read = async (source: string, how: Parameters<typeof readPromptRows>[2]) =>
  (await readPromptRows(dataReader({ skipBadLines: false }), source, how)).map(({ row }) => row);

test.each(["train", "heldout"] as const)("demo is the embedded prompts of the split: %s", async (split) => {
  expect((await read("demo", { split })).map(({ prompt }) => prompt)).toEqual(await demoPrompts({ split }));
});

test("anything else is a file, with its rows' other columns where they are asked for", async () => {
  const file = join(await temporaryFolder(), "demo.jsonl");
  await writeFile(file, '{"prompt": "The old house", "answer": "stood"}\n');
  expect(await read(file, { split: "train" })).toEqual([{ prompt: "The old house" }]);
  expect(await read(file, { split: "heldout", columns: true })).toEqual([{ prompt: "The old house", columns: { answer: "stood" } }]);
});
