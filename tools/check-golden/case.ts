import { type Comparison, holds, worstOf } from "./compare.ts";

/** What came of one golden case. */
export interface CaseResult {
  /** Below the golden folder. */
  readonly file: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The comparison that came nearest to its tolerance, where there was one. */
  readonly comparison?: Comparison;
  /** Why it failed or was skipped. */
  readonly reason?: string;
}

/** Computes a case and compares; whatever is thrown on the way fails it. */
export async function check(
  file: string,
  name: string,
  compute: () => readonly Comparison[] | Promise<readonly Comparison[]>,
): Promise<CaseResult> {
  try {
    const comparison = worstOf(await compute());
    if (holds(comparison)) return { file, name, outcome: "passed", comparison };
    return { file, name, outcome: "failed", comparison, reason: comparison.where };
  } catch (error) {
    return fail(file, name, error);
  }
}

export function fail(file: string, name: string, error: unknown): CaseResult {
  const message = error instanceof Error ? error.message : String(error);
  return { file, name, outcome: "failed", reason: message.split("\n", 1)[0]! };
}

export function skip(file: string, name: string, reason: string): CaseResult {
  return { file, name, outcome: "skipped", reason };
}

/** A case to be computed. */
export interface NamedCheck {
  readonly name: string;
  readonly compute: () => readonly Comparison[] | Promise<readonly Comparison[]>;
}
