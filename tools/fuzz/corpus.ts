import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("corpus/", import.meta.url));

/** Inputs that a target once did something else with than it should, by their file's name. */
export function corpusOf(target: string): ReadonlyMap<string, Uint8Array> {
  const own = `${folder}${target}/`;
  const names = existsSync(own) ? readdirSync(own) : [];
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(own + name))]));
}

/** Keeps an input, so that it is read again in every test; the name of its file. */
export function keepInCorpus(target: string, input: Uint8Array): string {
  mkdirSync(`${folder}${target}`, { recursive: true });
  const path = `${folder}${target}/${createHash("sha256").update(input).digest("hex").slice(0, 16)}`;
  writeFileSync(path, input);
  return path;
}
