import { type FinishReason, type Generation, joinKept } from "@cai/contracts";
import { rightPadded } from "@cai/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutAtStopTexts } from "./cut-at-stop-texts.ts";

/** Byte-level BPE by hand: id 0 is the end of text, the others are these bytes; `é` is C3 A9, and 😀 F0 9F 98 80. */
const vocabulary = ["", "a", "\n", "Hu", "man", ":", "n:\nHu", "é", [0xc3], [0xa9], [0xa9, 0x3a], [0xf0, 0x9f], [0x98, 0x80]].map(
  (token) => (typeof token === "string" ? new TextEncoder().encode(token) : Uint8Array.from(token)),
);
const decode = (ids: ArrayLike<number>) => new TextDecoder().decode(Uint8Array.from(Array.from(ids).flatMap((id) => [...vocabulary[id]!])));
const byteLevel = { decode };

/** SentencePiece's way with bytes: a run of lone ones is read as one, and none of it where one of them is broken. */
const byteFallback = {
  decode(ids: ArrayLike<number>): string {
    const pieces: { text: string; run: number[] }[] = [{ text: "", run: [] }];
    for (const id of Array.from(ids)) {
      const bytes = vocabulary[id]!;
      if (id >= 7 || id === 2) pieces.at(-1)!.run.push(...bytes);
      else pieces.push({ text: new TextDecoder().decode(bytes), run: [] });
    }
    return pieces.map(({ text, run }) => text + readRun(run)).join("");
  },
};
function readRun(run: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(run));
  return text.includes("\uFFFD") ? "\uFFFD".repeat(run.length) : text;
}

/** Rows of ids that ended for these reasons, padded with 0 as the engines do; log-probability and kept ids of a token are told from its row and column. */
function generationOf(rows: readonly (readonly number[])[], finishReasons: readonly FinishReason[]): Generation {
  const { ids, ...padded } = rightPadded(rows);
  const responses = { ids: ids.map((id) => Math.max(id, 0)), ...padded };
  const columns = responses.shape[1];
  const cells = rows.flatMap((ids, row) => Array.from({ length: columns }, (_, column) => ({ row, column, isThere: column < ids.length })));
  return {
    responses,
    behaviourLogprobs: Float32Array.from(cells, ({ row, column, isThere }) => (isThere ? -(row + 1) - column / 64 : 0)),
    finishReasons,
    keptTokens: joinKept(cells.map(({ row, column, isThere }) => (isThere ? Int32Array.of(row, 100 + column) : new Int32Array()))),
  };
}

const cut = (ids: readonly number[], stopTexts: readonly string[], { reason = "length" as FinishReason, minNewTokens = 0 } = {}) => {
  const { responses, finishReasons, responseTexts } = cutAtStopTexts(generationOf([ids], [reason]), {
    stopTexts,
    minNewTokens,
    tokenizer: byteLevel,
  });
  return { ids: [...responses.ids], reason: finishReasons[0], text: responseTexts[0] };
};

describe("by hand", () => {
  const [a, newline, hu, man, colon, inside, first, second, secondAndColon] = [1, 2, 3, 4, 5, 6, 8, 9, 10];

  test("a stop text over several tokens ends the row with the last of them, and the text before the first", () => {
    expect(cut([a, newline, hu, man, colon, a, a], ["\nHuman:"])).toEqual({ ids: [a, newline, hu, man, colon], reason: "stop", text: "a" });
  });

  test("one that begins and ends within tokens leaves what these hold before it in the text", () => {
    expect(cut([a, inside, man, colon, a], [":\nHuman"])).toEqual({ ids: [a, inside, man], reason: "stop", text: "an" });
    expect(cut([a, inside, a], [":\n"])).toEqual({ ids: [a, inside], reason: "stop", text: "an" });
  });

  test("a character over two tokens is read when it is whole", () => {
    expect(cut([a, first, second, a], ["é"])).toEqual({ ids: [a, first, second], reason: "stop", text: "a" });
    expect(cut([a, first, secondAndColon, a], [":"])).toEqual({ ids: [a, first, secondAndColon], reason: "stop", text: "aé" });
  });

  test("the token that is the row's first or last may complete it", () => {
    expect(cut([a, newline], ["a"])).toEqual({ ids: [a], reason: "stop", text: "" });
    expect(cut([a, newline], ["\n"])).toEqual({ ids: [a, newline], reason: "stop", text: "a" });
  });

  test("of several the one that is complete first ends the row; of those that one token completes, the one that begins first", () => {
    expect(cut([a, hu, man, colon], ["man:", "Hu"])).toEqual({ ids: [a, hu], reason: "stop", text: "a" });
    expect(cut([a, inside], ["\n", "n:"])).toEqual({ ids: [a, inside], reason: "stop", text: "a" });
  });

  test("a row that the end of text ended stays as it is, or is cut before it", () => {
    expect(cut([a, newline, 0], [":"], { reason: "eos" })).toEqual({ ids: [a, newline, 0], reason: "eos", text: "a\n" });
    expect(cut([a, newline, 0], ["\n"], { reason: "eos" })).toEqual({ ids: [a, newline], reason: "stop", text: "a" });
  });

  test("the token that a row was stopped by is not in its text, and completes no stop text", () => {
    expect(cut([a, newline], ["\n"], { reason: "stop" })).toEqual({ ids: [a, newline], reason: "stop", text: "a" });
    expect(cut([a, newline], ["a"], { reason: "stop" })).toEqual({ ids: [a], reason: "stop", text: "" });
  });

  test("what the first minNewTokens complete is passed over, what a later one completes is not", () => {
    expect(cut([a, newline, a, newline, a], ["a"], { minNewTokens: 1 })).toEqual({ ids: [a, newline, a], reason: "stop", text: "a\n" });
    expect(cut([newline, hu, man], ["\nHu"], { minNewTokens: 1 })).toEqual({ ids: [newline, hu], reason: "stop", text: "" });
    expect(cut([a, first, second], ["é"], { minNewTokens: 2 })).toEqual({ ids: [a, first, second], reason: "stop", text: "a" });
    expect(cut([a, newline], ["\n"], { minNewTokens: 2 })).toEqual({ ids: [a, newline], reason: "length", text: "a\n" });
  });

  test("every array of the rollout is cut alike, and the columns are those of the longest row", () => {
    const rows = [
      [a, newline, a, a],
      [a, 0],
      [a, colon, newline, a],
    ];
    const generation = generationOf(rows, ["length", "eos", "length"]);
    const given = structuredClone(generation);
    const result = cutAtStopTexts(generation, { stopTexts: ["\n"], minNewTokens: 0, tokenizer: byteLevel });
    const expected = [
      [a, newline],
      [a, 0],
      [a, colon, newline],
    ];
    expect(result).toEqual({ ...generationOf(expected, ["stop", "eos", "stop"]), responseTexts: ["a", "a", "a:"] });
    expect(generation).toEqual(given);
  });

  test("without stop texts, or where none is found, the generator's own arrays are handed on", () => {
    const generation = generationOf([[a, newline]], ["length"]);
    for (const stopTexts of [[], ["b"]]) {
      const result = cutAtStopTexts(generation, { stopTexts, minNewTokens: 0, tokenizer: byteLevel });
      expect(result.responses).toBe(generation.responses);
      expect(result).toEqual({ ...generation, responseTexts: ["a\n"] });
    }
  });
});

/** A generator that draws these tokens, and looks at its whole text after each: the definition. */
function drawUntilStop(
  drawn: readonly number[],
  {
    stopTexts,
    minNewTokens,
    stopTokenId,
    tokenizer,
  }: { stopTexts: string[]; minNewTokens: number; stopTokenId: number; tokenizer: typeof byteLevel },
): { ids: readonly number[]; reason: FinishReason; text: string } {
  for (let count = 1; count <= drawn.length; count++) {
    const ids = drawn.slice(0, count);
    const before = tokenizer.decode(ids.slice(0, -1));
    if (ids.at(-1) === 0) return { ids, reason: "eos", text: before };
    if (ids.at(-1) === stopTokenId) return { ids, reason: "stop", text: before };
    if (count <= minNewTokens) continue;
    const text = tokenizer.decode(ids);
    const settled = minNewTokens === 0 ? "" : tokenizer.decode(drawn.slice(0, minNewTokens)).replace(/\uFFFD+$/, "");
    for (let start = 0; start < text.length; start++)
      if (stopTexts.some((stop) => text.startsWith(stop, start) && start + stop.length > settled.length))
        return { ids, reason: "stop", text: text.slice(0, start) };
  }
  return { ids: drawn, reason: "length", text: tokenizer.decode(drawn) };
}

describe.each([
  ["byte-level", byteLevel],
  ["byte-fallback", byteFallback],
])("with a %s tokenizer", (_, tokenizer) => {
  test("cutting afterwards gives what a generator gives that stops by itself", () => {
    const stopTexts = fc.subarray(["\nHuman:", "Hu", "a\n", "é", "n", "😀", ":\n", "éa", "\n"], { maxLength: 3 });
    const rows = fc.array(fc.array(fc.integer({ min: 0, max: vocabulary.length - 1 }), { minLength: 1, maxLength: 14 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(rows, stopTexts, fc.integer({ min: 0, max: 4 }), fc.constantFrom(-1, 5), (drawn, stops, minNewTokens, stopTokenId) => {
        // No end is drawn among the first tokens.
        const scripts = drawn.map((ids) => ids.map((id, column) => (column < minNewTokens && (id === 0 || id === stopTokenId) ? 1 : id)));
        const draw = (texts: string[]) => {
          const ends = scripts.map((ids) => drawUntilStop(ids, { stopTexts: texts, minNewTokens, stopTokenId, tokenizer }));
          return {
            ...generationOf(
              ends.map(({ ids }) => ids),
              ends.map(({ reason }) => reason),
            ),
            responseTexts: ends.map(({ text }) => text),
          };
        };
        expect(cutAtStopTexts(draw([]), { stopTexts: stops, minNewTokens, tokenizer })).toEqual(draw(stops));
      }),
      { numRuns: 500 },
    );
  });
});
