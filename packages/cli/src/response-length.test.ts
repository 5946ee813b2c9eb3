import type { Tokenizer } from "@cai/contracts";
import { expect, test } from "vitest";
import { fitResponseLength, longestPrompt } from "./response-length.ts";

/** A token for each character. */
const tokenizer = { encode: (text: string) => new Int32Array(text.length) } as Tokenizer;
const fit = (prompts: (string | Int32Array)[], contextLength: number) =>
  fitResponseLength(
    longestPrompt(
      prompts.map((prompt) => ({ prompt })),
      tokenizer,
    ),
    { contextLength, preferred: 150 },
  );

test("where the context has room, a response is as long as preferred, and nothing is told", () => {
  expect(fit(["Once upon a time", "We"], 1024)).toEqual({ maxNewTokens: 150 });
  expect(fit(["1234567890"], 160)).toEqual({ maxNewTokens: 150 });
});

test("else it has what the longest prompt leaves, text or ids, and that is told", () => {
  expect(fit(["1234567890", "We"], 128)).toEqual({
    maxNewTokens: 118,
    told: "--max-new-tokens is 118: what the policy's context of 128 leaves after the longest prompt, of 10 tokens",
  });
  expect(fit(["We", new Int32Array(127)], 128).maxNewTokens).toBe(1);
});
