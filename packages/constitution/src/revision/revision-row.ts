import type { ChatMessage } from "@cai/contracts";
import type { Ending } from "@cai/feedback";
import type { Refusal } from "./revision-gate.ts";

/** Why the likelihood ratio had no say. */
export type Unchecked = "model without log-probabilities" | "principle without personas";

/** What the gate says of a revision. */
export interface RevisionVerdict {
  readonly kept: boolean;
  /** Where it isn't kept. */
  readonly refusal?: Refusal;
  /** log p(y | positive persona, x) − log p(y | negative persona, x) in nats, by the revision's principle; only of revisions that pass on sight. */
  readonly ratios?: { readonly original: number; readonly revision: number };
  /** Where a revision that passes on sight was not compared by its likelihood. */
  readonly unchecked?: Unchecked;
}

/** How the texts of a row ended; lists as in the row. */
export interface RowEndings {
  readonly response: Ending;
  readonly critiques: readonly Ending[];
  readonly revisions: readonly Ending[];
}

/** Everything that was made of a prompt; element r of each list belongs to round r. Plain JSON. */
export interface RevisionRow {
  readonly prompt: readonly ChatMessage[];
  readonly response: string;
  readonly critiques: readonly string[];
  /** As they are trained on, see `answerAlone`. */
  readonly revisions: readonly string[];
  /** The revisions as the model wrote them. */
  readonly written: readonly string[];
  readonly endings: RowEndings;
  /** Names of the principles. */
  readonly principles: readonly string[];
  readonly verdicts: readonly RevisionVerdict[];
  /** SHA-256 of the constitution. */
  readonly constitution: string;
}

/** The number of the last round whose revision was kept: the one to train on. Undefined where none was. */
export function keptRound({ verdicts }: Pick<RevisionRow, "verdicts">): number | undefined {
  const round = verdicts.findLastIndex(({ kept }) => kept);
  return round < 0 ? undefined : round;
}

/**
 * The rows of which a revision was kept, cut behind it: their last revision is the one to train on.
 *
 * @example
 * const rows = await revise({ feedback, constitution, prompts: [prompt] });
 * const pairs = revisionPairs({ rows: keptRevisions(rows), constitution });
 */
export function keptRevisions(rows: readonly RevisionRow[]): RevisionRow[] {
  return rows.flatMap((row) => {
    const round = keptRound(row);
    if (round === undefined) return [];
    const upTo = <Item>(items: readonly Item[]) => items.slice(0, round + 1);
    const { critiques, revisions, written, endings, principles, verdicts } = row;
    const endingsUpTo = { ...endings, critiques: upTo(endings.critiques), revisions: upTo(endings.revisions) };
    const cut = { critiques: upTo(critiques), revisions: upTo(revisions), written: upTo(written), principles: upTo(principles) };
    return [{ ...row, ...cut, endings: endingsUpTo, verdicts: upTo(verdicts) }];
  });
}
