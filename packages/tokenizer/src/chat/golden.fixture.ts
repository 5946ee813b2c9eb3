import { readFileSync } from "node:fs";
import { PythonFloat } from "@cai/contracts";

/** What Python made of a template: its text, or the class of its error; `unprintable` where the text held an address in memory. */
export interface Outcome {
  readonly text?: string;
  readonly error?: string;
  readonly unprintable?: true;
}

/** A file of `golden/`, which `tools/chat-templates/write-golden.py` writes. */
export function readGolden<T>(name: string): T {
  const text = readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8");
  return JSON.parse(text, (_, value) =>
    isTagged(value, "float") ? new PythonFloat(Number(value.float)) : isTagged(value, "int") ? BigInt(value.int) : value,
  );
}

const isTagged = <K extends string>(value: unknown, tag: K): value is Record<K, string> =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).join() === tag &&
  typeof (value as Record<K, unknown>)[tag] === "string";
