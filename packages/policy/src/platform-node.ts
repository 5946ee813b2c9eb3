import { runInNewContext } from "node:vm";
import { hashFiles } from "./load/file-hash.ts";
import { StreamedHash } from "./load/streamed-hash.ts";

// What differs between Node and browsers, as Node has it; platform-browser.ts has the same names.
export { ScratchWeights } from "./model/scratch-weights.ts";

/** Hashes that are made in threads of their own; undefined where there are none that share memory. */
export const hashThreads: { readonly hashFiles: typeof hashFiles; readonly StreamedHash: typeof StreamedHash } | undefined = {
  hashFiles,
  StreamedHash,
};

/** Whether files of llama.cpp can be read. */
export const readsGguf: boolean = true;

/** What a function returns; throws where it takes longer. */
export function inLimitedTime<Result>(run: () => Result, milliseconds: number): Result {
  return runInNewContext("run()", { run }, { timeout: milliseconds });
}
