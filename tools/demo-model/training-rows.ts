import { permutation, uniforms } from "@cai/random";
import { firstModernYear, type Speech } from "./corpus.ts";

/** A speech as token ids; a sentence is encoded twice, as the beginning of a document and as its continuation (after a space). */
export interface TokenizedSpeech {
  readonly year: number;
  readonly opening: readonly Int32Array[];
  readonly continuing: readonly Int32Array[];
}

/** After a sentence a document goes on with this probability. */
const goesOn = 0.5;

export function tokenizeSpeeches(speeches: readonly Speech[], encode: (text: string) => Int32Array): TokenizedSpeech[] {
  return speeches.map(({ year, sentences }) => ({
    year,
    opening: sentences.map((sentence) => encode(sentence)),
    continuing: sentences.map((sentence) => encode(` ${sentence}`)),
  }));
}

/**
 * One pass over the speeches as rows `[rowLength]` of token ids, in random order. The speeches are cut anew into documents of one or
 * more whole sentences, each closed by the end of text; a row holds whole documents, the last one cut at the row's end.
 */
export function trainingRows(options: {
  readonly speeches: readonly TokenizedSpeech[];
  readonly rowLength: number;
  readonly endOfText: number;
  readonly seed: number;
  readonly pass: number;
  /** How often speeches of the modern time are told in a pass. */
  readonly modernRepeats: number;
}): Int32Array[] {
  const { seed, pass } = options;
  const documents: number[][] = [];
  for (const [index, speech] of options.speeches.entries()) {
    const repeats = speech.year >= firstModernYear ? options.modernRepeats : 1;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const draws = uniforms({ seed, stream: "documents", counters: [pass, index, repeat], count: speech.opening.length });
      documents.push(...cutIntoDocuments(speech, draws, options.endOfText));
    }
  }
  const order = permutation({ seed, stream: "document order", counters: [pass], length: documents.length });
  const rows: Int32Array[] = [];
  let row: number[] = [];
  for (const index of order) {
    row.push(...documents[index]!);
    if (row.length < options.rowLength) continue;
    rows.push(Int32Array.from(row.slice(0, options.rowLength)));
    row = [];
  }
  return rows;
}

/** Whole sentences in the order of the speech; after sentence i the document ends where `draws[i]` says so. */
export function cutIntoDocuments(speech: TokenizedSpeech, draws: Float64Array, endOfText: number): number[][] {
  const documents: number[][] = [];
  let document: number[] = [];
  for (const [index, draw] of draws.entries()) {
    document.push(...(document.length === 0 ? speech.opening : speech.continuing)[index]!);
    if (draw < goesOn) continue;
    documents.push([...document, endOfText]);
    document = [];
  }
  return documents;
}
