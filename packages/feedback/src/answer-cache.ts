import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { concurrencyLimit } from "@cai/endpoint";
import { wholeFiles } from "@cai/whole-file";
import { FeedbackError } from "./error.ts";

const files = wholeFiles(FeedbackError);
/** Files open at a time. */
const filesAtOnce = 32;

/** What was answered once, so that it isn't asked again. */
export interface AnswerCache {
  /**
   * What is known of a request, or else what `ask` gives, which is then kept. Where it throws, nothing is kept.
   *
   * @param request all that the answer depends on: plain JSON, without keys
   * @throws FeedbackError `cannot-write`
   */
  answer<Value>(request: unknown, ask: () => Promise<Value>): Promise<Value>;
}

/** Keeps nothing. */
export const noCache: AnswerCache = { answer: (_, ask) => ask() };

/**
 * Keeps answers in a folder, which is made when first needed: a file for each, named by the SHA-256 of its request, written whole. An entry that
 * can't be read, or is damaged, is no entry: it is asked for anew, and replaced.
 */
export function answerCache(folder: string): AnswerCache {
  const limit = concurrencyLimit(filesAtOnce);
  let made: Promise<void> | undefined;

  return {
    async answer<Value>(request: unknown, ask: () => Promise<Value>): Promise<Value> {
      made ??= files.makeFolder(folder); // before anything is paid for
      await made;
      const key = sha256(JSON.stringify(request));
      const path = join(folder, `${key}.json`);
      const known = await limit(() => readEntry(path, key));
      if (known !== undefined) return known.value as Value;
      const value = await ask();
      const entry = { request, value, sha256: digest(key, value) };
      await limit(() => files.write(path, `${JSON.stringify(entry)}\n`));
      return value;
    },
  };
}

async function readEntry(path: string, key: string): Promise<{ readonly value: unknown } | undefined> {
  try {
    const { value, sha256: written } = JSON.parse(await readFile(path, "utf8"));
    return written === digest(key, value) ? { value } : undefined;
  } catch {
    return undefined; // there is none, or none that can be read: both are asked for
  }
}

/** Of the value and of what it answers: an entry under another's name is none. */
const digest = (key: string, value: unknown): string => sha256(`${key} ${JSON.stringify(value)}`);
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
