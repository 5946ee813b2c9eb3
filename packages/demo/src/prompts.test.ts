import { loadTokenizer } from "@cai/tokenizer";
import { expect, test } from "vitest";
import { demoPolicyDirectory } from "./directories.ts";
import { DemoError } from "./error.ts";
import { demoPrompts } from "./prompts.ts";

const train = await demoPrompts({ split: "train" });
const heldOut = await demoPrompts({ split: "heldout" });
const firstWords = (prompt: string) => prompt.split(" ").slice(0, 3).join(" ").toLowerCase();

test("there are 400 prompts to train on and 64 held out", () => {
  expect(train).toHaveLength(400);
  expect(heldOut).toHaveLength(64);
});

test("no two prompts begin with the same three words, also across the splits", () => {
  expect(new Set([...train, ...heldOut].map(firstWords)).size).toBe(464);
});

test("every prompt is 4 to 12 tokens of an unfinished sentence", async () => {
  const tokenizer = await loadTokenizer(demoPolicyDirectory);
  for (const prompt of [...train, ...heldOut]) {
    expect(prompt).toMatch(/^[A-Z].*[A-Za-z]$/);
    const { length } = tokenizer.encode(prompt);
    expect(length).toBeGreaterThanOrEqual(4);
    expect(length).toBeLessThanOrEqual(12);
  }
});

test("a split that doesn't exist is refused", async () => {
  const refusal = demoPrompts({ split: "test" as "train" });
  await expect(refusal).rejects.toSatisfy((error) => DemoError.isInstance(error));
  await expect(refusal).rejects.toMatchObject({ code: "unknown-split", message: expect.stringContaining('"heldout"') });
});
