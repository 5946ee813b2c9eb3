import { readFile } from "node:fs/promises";
import { buffer as readStream } from "node:stream/consumers";
import { CliError } from "./error.ts";

/** A line of an input file that is not blank. */
export interface InputLine {
  readonly text: string;
  /** `prompts.jsonl:3`, for messages. */
  readonly where: string;
}

/**
 * The lines of a file, or of standard input for `-`.
 *
 * @throws CliError `usage` where there is no such file, it is not UTF-8, or it holds nothing
 */
export async function readInputLines(file: string): Promise<InputLine[]> {
  const name = file === "-" ? "standard input" : file;
  const lines = (await readInputText(file))
    .split(/\r?\n/)
    .map((line, index) => ({ text: line, where: `${name}:${index + 1}` }))
    .filter((line) => line.text.trim() !== "");
  if (lines.length === 0) throw new CliError("usage", `${name} is empty: expected a line at least`);
  return lines;
}

/** The whole text of a file, or of standard input for `-`, without a mark of its byte order. */
export async function readInputText(file: string): Promise<string> {
  const bytes = file === "-" ? await readStream(process.stdin) : await readBytes(file);
  return decodeUtf8(bytes, file === "-" ? "standard input" : file);
}

async function readBytes(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "does not exist" : cause.code === "EISDIR" ? "is a folder" : `can't be read (${cause.code})`;
    throw new CliError("usage", `${file} ${reason}: give a file of lines, or - for standard input`, { cause });
  });
}

const toDo = "save it as UTF-8: JSONL or plain text";

function decodeUtf8(bytes: Uint8Array, name: string): string {
  if (isUtf16(bytes)) throw new CliError("usage", `${name}:1 is not UTF-8 text but UTF-16: ${toDo}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CliError("usage", `${name}:${firstInvalidLine(bytes)} is not UTF-8 text: ${toDo}`, { cause });
  }
}

/** Told by its mark, or by the empty bytes of Latin letters. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const start = bytes.subarray(0, 1000);
  return start.length > 1 && start.filter((byte) => byte === 0).length * 4 > start.length;
}

/** From 1. No character's bytes hold a line end, so that each line can be decoded by itself. */
function firstInvalidLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end;
    try {
      decoder.decode(bytes.subarray(start, stop));
    } catch {
      return line;
    }
    start = stop + 1;
  }
  return line;
}

/** The object that a line of JSONL holds. */
export function parseObject({ text, where }: InputLine): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new CliError("usage", `${where} is not JSON: expected an object on each line`, { cause });
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new CliError("usage", `${where} holds ${describe(parsed)}: expected an object on each line`);
}

export const describe = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : `a ${typeof value}`;
