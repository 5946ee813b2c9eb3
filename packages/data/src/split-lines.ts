import { DataError } from "./error.ts";

const lineEnd = 0x0a;

/** A line that is longer is no row of data, and would fill the memory. */
const longestLine = 2 ** 28;

/**
 * The lines of a text, as bytes, without their ends (`\n`). No more than the longest line is in memory.
 *
 * @throws DataError `bad-file` for a line of more than 256 MB
 */
export async function* splitLines(pieces: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(lineEnd); end >= 0; end = piece.indexOf(lineEnd, start)) {
      yield joined(begun, piece.subarray(start, end));
      begun = [];
      length = 0;
      number++;
      start = end + 1;
    }
    begun.push(piece.subarray(start));
    length += piece.length - start;
    if (length > longestLine)
      throw new DataError("bad-file", `${name}:${number} is longer than 256 MB: expected a row of data on each line`);
  }
  if (length > 0) yield joined(begun, new Uint8Array());
}

const joined = (begun: readonly Uint8Array[], end: Uint8Array): Uint8Array => (begun.length === 0 ? end : Buffer.concat([...begun, end]));
