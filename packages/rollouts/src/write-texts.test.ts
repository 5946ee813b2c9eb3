import type { DrawnToken, FinishReason, Generator, SamplingOptions } from "@cai/contracts";
import { rightPadded } from "@cai/testing";
import { expect, test } from "vitest";
import { type WritingOptions, writeTexts } from "./write-texts.ts";

/** Each id is a byte, and 0 the end of text. */
const tokenizer = {
  vocabSize: 256,
  eosTokenId: 0,
  bosTokenId: undefined,
  padTokenId: undefined,
  encode: (text: string) => Int32Array.from(new TextEncoder().encode(text)),
  decode: (ids: ArrayLike<number>) => new TextDecoder().decode(Uint8Array.from(Array.from(ids).filter((id) => id !== 0))),
  applyChatTemplate: () => "",
};

/** An engine that writes these texts, a byte after the other, each with an end where it has room for one; and what it was asked. */
function scripted(texts: readonly string[]): Generator & { readonly asked: SamplingOptions[] } {
  const asked: SamplingOptions[] = [];
  return {
    asked,
    async generate(_, sampling) {
      asked.push(sampling);
      const rows: number[][] = texts.map(() => []);
      const reasons: (FinishReason | undefined)[] = texts.map(() => undefined);
      for (let place = 0; reasons.includes(undefined); place++) {
        for (const [row, text] of texts.entries()) {
          if (reasons[row] !== undefined) continue;
          const token: Omit<DrawnToken, "finishReason"> = { row, id: tokenizer.encode(text)[place] ?? 0 };
          rows[row]!.push(token.id);
          const finishReason = token.id === 0 ? "eos" : place + 1 === sampling.maxNewTokens ? "length" : undefined;
          reasons[row] = sampling.onToken?.({ ...token, finishReason }) === true ? "stop" : finishReason;
        }
      }
      const { ids, mask, shape } = rightPadded(rows);
      return { responses: { ids, mask, shape }, behaviourLogprobs: new Float32Array(ids.length), finishReasons: reasons as FinishReason[] };
    },
  };
}

const draws = { seed: 7, stream: "test", step: 0 };
async function write(texts: readonly string[], options: Partial<WritingOptions> = {}) {
  const heard: string[][] = texts.map(() => []);
  const prompts = texts.map(() => tokenizer.encode("prompt"));
  const onText = (row: number, text: string) => void heard[row]!.push(text);
  const written = await writeTexts(scripted(texts), tokenizer, prompts, { draws, maxNewTokens: 12, onText, ...options });
  return { heard, written };
}

test("each row's text is told as it is written, and ends by itself or at the limit", async () => {
  const { heard, written } = await write(["né", "a long story"], { maxNewTokens: 6 });
  expect(heard).toEqual([
    ["n", "é"],
    ["a", " ", "l", "o", "n", "g"],
  ]);
  expect(written.map(({ text, finishReason, ids }) => [text, finishReason, ids.length])).toEqual([
    ["né", "eos", 4],
    ["a long", "length", 6],
  ]);
});

test("the engine stops with the token that completes a stop text, which is not told", async () => {
  const { heard, written } = await write(["so\n\nQ: and", "\nQuiet"], { stopTexts: ["\nQ:"] });
  expect(heard.map((pieces) => pieces.join(""))).toEqual(["so\n", "\nQuiet"]);
  expect(written.map(({ text, finishReason, ids }) => [text, finishReason, ids.length])).toEqual([
    ["so\n", "stop", 6],
    ["\nQuiet", "eos", 7],
  ]);
});

test("a text that is trimmed has no white space around it, when it is told neither", async () => {
  const { heard, written } = await write([" a b\n"], { trim: true });
  expect([heard, written[0]!.text]).toEqual([[["a", " b"]], "a b"]);
});

test("what was held back comes at the end, a broken character too; a stop text that the last token completes counts", async () => {
  const limited = { maxNewTokens: 3, stopTexts: ["b!c"] };
  const { heard, written } = await write(["ab!", "abé", "b!c"], limited);
  expect(heard).toEqual([["a", "b!"], ["a", "b\uFFFD"], []]);
  expect(written.map(({ text, finishReason }) => [text, finishReason])).toEqual([
    ["ab!", "length"],
    ["ab\uFFFD", "length"],
    ["", "stop"],
  ]);
});

test("a hearer that throws ends the writing, and a stop text that no text holds is refused", async () => {
  const onText = () => {
    throw new Error("gone");
  };
  await expect(write(["text"], { onText })).rejects.toThrow("gone");
  await expect(write(["text"], { stopTexts: [""] })).rejects.toMatchObject({ code: "invalid-option" });
});
