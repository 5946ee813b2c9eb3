import { DataError } from "./error.ts";
import type { Input } from "./input.ts";
import { openInput } from "./input.ts";
import { splitLines } from "./split-lines.ts";

/** A line of text, not yet decoded. */
export interface Line {
  /** `prompts.jsonl:3`, for messages. */
  readonly where: string;
  /** @throws DataError `bad-row` where it is not UTF-8 */
  readonly text: () => string;
}

const toDo = "save it as UTF-8: JSONL or plain text";

/**
 * The lines of a text, one after another, without a mark of its byte order.
 *
 * @throws DataError `bad-file` for a text in UTF-16; `cannot-read`
 */
export async function* readLines(input: Input): AsyncGenerator<Line> {
  const { name, head } = input;
  if (isUtf16(head)) throw new DataError("bad-file", `${name}:1 is not UTF-8 text but UTF-16: ${toDo}`);
  let number = 0;
  for await (const bytes of splitLines(input.pieces(), name)) {
    number++;
    const where = `${name}:${number}`;
    const isFirst = number === 1;
    yield { where, text: () => decodeLine(bytes, { where, isFirst }) };
  }
}

/**
 * The whole text of a file, or of standard input for `-`, without a mark of its byte order; its lines end with `\n`.
 *
 * @throws DataError `cannot-read`; `bad-file` or `bad-row` for what is not UTF-8, with its line
 * @example
 * await writeRows("question.jsonl", [{ prompt: "Why?" }]);
 * await readText("question.jsonl"); // '{"prompt":"Why?"}'
 */
export async function readText(file: string): Promise<string> {
  const input = await openInput(file);
  try {
    const lines: string[] = [];
    for await (const line of readLines(input)) lines.push(line.text());
    return lines.join("\n");
  } finally {
    await input.close();
  }
}

function decodeLine(bytes: Uint8Array, { where, isFirst }: { readonly where: string; readonly isFirst: boolean }): string {
  const line = bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: !isFirst }).decode(line); // "ignore": a mark is text there
  } catch (cause) {
    throw new DataError("bad-row", `${where} is not UTF-8 text: ${toDo}`, { cause });
  }
}

/** Told by its mark, or by the empty bytes of Latin letters. */
function isUtf16(head: Uint8Array): boolean {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return head.length > 1 && head.filter((byte) => byte === 0).length * 4 > head.length;
}
