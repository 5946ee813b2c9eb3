import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
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
  const text = file === "-" ? await readStream(process.stdin) : await readUtf8(file);
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line, index) => ({ text: line, where: `${name}:${index + 1}` }))
    .filter((line) => line.text.trim() !== "");
  if (lines.length === 0) throw new CliError("usage", `${name} is empty: expected a line for each prompt`);
  return lines;
}

async function readUtf8(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "does not exist" : cause.code === "EISDIR" ? "is a folder" : `can't be read (${cause.code})`;
    throw new CliError("usage", `${file} ${reason}: give a file of prompts, or - for standard input`, { cause });
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CliError("usage", `${file} is not UTF-8 text: give JSONL or plain text, a line for each prompt`, { cause });
  }
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
