import { type CaseResult, fail } from "./case.ts";
import type { GoldenSource } from "./find-sources.ts";

/** Checks all cases of the golden files, one after another. A file that can't be checked at all is one failed case. */
export async function* checkSources(sources: readonly GoldenSource[]): AsyncGenerator<CaseResult> {
  for (const { file, cases } of sources) {
    try {
      yield* cases();
    } catch (error) {
      yield fail(file, "all cases", error);
    }
  }
}
