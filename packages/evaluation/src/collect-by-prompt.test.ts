import { expect, test } from "vitest";
import { collectByPrompt } from "./collect-by-prompt.ts";

const prompts = ["a", "b", "c"].map((text) => ({ text, ids: new Int32Array() }));

test("rows stand by prompt and draw, whatever the batches", async () => {
  const asked: string[] = [];
  const collected = await collectByPrompt(prompts, { draws: 2, batchSize: 2 }, async (draw, first, batch) => {
    asked.push(`${draw} ${first} ${batch.length}`);
    return batch.map(({ text }, row) => `${text}${first + row}${draw}`);
  });
  expect(collected).toEqual([
    ["a00", "a01"],
    ["b10", "b11"],
    ["c20", "c21"],
  ]);
  expect(asked).toEqual(["0 0 2", "0 2 1", "1 0 2", "1 2 1"]);
});

test("without draws each prompt has no rows", async () => {
  expect(await collectByPrompt(prompts, { draws: 0, batchSize: 2 }, () => Promise.reject(new Error("asked")))).toEqual([[], [], []]);
});
