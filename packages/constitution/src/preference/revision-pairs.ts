import type { ChatMessage } from "@cai/contracts";
import { ConstitutionError } from "../error.ts";
import type { Constitution } from "../principles/constitution.ts";
import type { AnswerPair } from "./labeller.ts";

/** What is read of a row that critiques and revisions make. */
export interface RevisedAnswer {
  readonly prompt: readonly ChatMessage[];
  /** The original. */
  readonly response: string;
  /** One at least; the last one is compared. */
  readonly revisions: readonly string[];
  /** Names of the principles that the revisions were made by. */
  readonly principles: readonly string[];
}

/**
 * Each last revision against its original, by the principle of that revision: the revision stands first.
 *
 * @throws ConstitutionError `bad-option` for a row without a revision, or of a principle that the constitution hasn't
 * @example
 * const prompt = [{ role: "user", content: "Are you ready?" }];
 * const rows = [{ prompt, response: "No.", revisions: ["Not yet."], principles: ["honesty"] }];
 * const pairs = revisionPairs({ rows, constitution });
 */
export function revisionPairs({
  rows,
  constitution,
}: {
  readonly rows: readonly RevisedAnswer[];
  readonly constitution: Pick<Constitution, "name" | "principles">;
}): AnswerPair[] {
  const byName = new Map(constitution.principles.map((principle) => [principle.name, principle]));
  return rows.map(({ prompt, response, revisions, principles }, index) => {
    const refuse = (what: string): never => {
      throw new ConstitutionError("bad-option", `row ${index + 1} of the revisions ${what}`);
    };
    const name = principles[revisions.length - 1];
    const revision = revisions.at(-1) ?? refuse("has no revision: expected one at least");
    const principle = byName.get(name ?? refuse("has no principle for its last revision"));
    return {
      prompt,
      answers: [revision, response],
      principle: principle ?? refuse(`was made by the principle ${JSON.stringify(name)}, which ${constitution.name} hasn't`),
    };
  });
}
