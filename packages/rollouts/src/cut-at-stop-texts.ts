import { type Generation, joinKept, keptOf, rowLengths, type Tokenizer } from "@cai/contracts";
import { findStopText } from "./stop-texts.ts";

/** What a generator drew, and what the rows say. */
interface TextGeneration extends Generation {
  readonly responseTexts: readonly string[];
}

/** A row as it stands at its end. */
interface RowEnd {
  /** Its tokens, the one that ended it among them. */
  readonly length: number;
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Decodes the rows and ends each, with the finish reason `stop`, at the first token behind which its text holds a stop text. Since every draw is a
 * function of counters, this is to the byte what a generator gives that stops there itself, its columns included. As a stop token does, the token
 * that completes the text stays in the row; the row's text ends before the stop text, wherever in a token that is.
 *
 * Texts are without special tokens, and without the token that ended the row. As no stop token is drawn among the first `minNewTokens`, a stop text
 * that they complete is passed over.
 */
export function cutAtStopTexts(
  generation: Generation,
  {
    stopTexts,
    minNewTokens,
    tokenizer,
  }: { readonly stopTexts: readonly string[]; readonly minNewTokens: number; readonly tokenizer: Pick<Tokenizer, "decode"> },
): TextGeneration {
  const { responses, finishReasons } = generation;
  const columns = responses.shape[1];
  const ends = Array.from(rowLengths(responses.mask, responses.shape), (length, row): RowEnd => {
    const written = finishReasons[row] === "length" ? length : length - 1;
    const ids = responses.ids.subarray(row * columns, row * columns + written);
    const textOf = (count: number) => tokenizer.decode(ids.subarray(0, count), { skipSpecialTokens: true });
    const text = textOf(written);
    const cut = stopTexts.length === 0 ? undefined : firstStop({ text, written, textOf, stopTexts, minNewTokens });
    return cut === undefined ? { length, text, isCut: false } : { ...cut, isCut: true };
  });
  const responseTexts = ends.map(({ text }) => text);
  return { ...(ends.some(({ isCut }) => isCut) ? endedAt(generation, ends) : generation), responseTexts };
}

/** The fewest tokens whose text holds a stop text, and that text up to it. */
function firstStop({
  text,
  written,
  textOf,
  stopTexts,
  minNewTokens,
}: {
  readonly text: string;
  readonly written: number;
  readonly textOf: (count: number) => string;
  readonly stopTexts: readonly string[];
  readonly minNewTokens: number;
}): { readonly length: number; readonly text: string } | undefined {
  const behind = minNewTokens > 0 ? textOf(Math.min(minNewTokens, written)).replace(/\uFFFD+$/, "").length : 0;
  const start = findStopText(text, stopTexts, behind);
  // What a stop text stood in may become unreadable by a later token, in tokenizers that read a run of bytes as one; then U+FFFD is left of it.
  const isBroken = text.includes("\uFFFD");
  if (start === undefined && !isBroken) return undefined;
  const least = isBroken ? 1 : fewestReaching(start!, written, textOf);
  for (let count = Math.max(least, minNewTokens + 1); count <= written; count++) {
    const soFar = textOf(count);
    const end = findStopText(soFar, stopTexts, behind);
    if (end !== undefined) return { length: count, text: soFar.slice(0, end) };
  }
  return undefined;
}

/** The fewest tokens whose text is longer than `length`, by halving: a text that is whole at its end is never longer before. */
function fewestReaching(length: number, tokens: number, textOf: (count: number) => string): number {
  let [few, enough] = [0, tokens];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (textOf(middle).length > length) enough = middle;
    else few = middle;
  }
  return enough;
}

/** The rows cut behind their ends, and right-padded to the longest. */
function endedAt({ responses, behaviourLogprobs, finishReasons, keptTokens }: Generation, ends: readonly RowEnd[]): Generation {
  const [rows, columns] = responses.shape;
  const width = Math.max(...ends.map(({ length }) => length));
  const cut = <Values extends Float32Array | Int32Array | Uint8Array>(values: Values): Values => {
    const result = new (values.constructor as new (length: number) => Values)(rows * width);
    for (const [row, { length }] of ends.entries()) result.set(values.subarray(row * columns, row * columns + length), row * width);
    return result;
  };
  const keptIn = (row: number, column: number) =>
    keptTokens && column < ends[row]!.length ? keptOf(keptTokens, row * columns + column) : new Int32Array();
  return {
    responses: { ids: cut(responses.ids), mask: cut(responses.mask), shape: [rows, width] },
    behaviourLogprobs: cut(behaviourLogprobs),
    finishReasons: finishReasons.map((reason, row) => (ends[row]!.isCut ? "stop" : reason)),
    ...(keptTokens && {
      keptTokens: joinKept(Array.from({ length: rows * width }, (_, cell) => keptIn(Math.floor(cell / width), cell % width))),
    }),
  };
}
