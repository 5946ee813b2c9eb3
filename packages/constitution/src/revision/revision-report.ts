import type { Ending } from "@cai/feedback";
import { lengthOf, type Refusal, refusals } from "./revision-gate.ts";
import { keptRound, type RevisionRow, type Unchecked } from "./revision-row.ts";

/** What became of the revisions. */
export interface RevisionReport {
  readonly prompts: number;
  /** Prompts of which a revision was kept, and their share. */
  readonly promptsKept: number;
  readonly yield: number;
  /** Of all rounds. */
  readonly revisions: number;
  readonly revisionsKept: number;
  /** Of those that weren't kept, by reason; those that never occurred too. */
  readonly refusals: Readonly<Record<Refusal, number>>;
  /** How the texts of each kind ended; endings that never occurred are absent. */
  readonly endings: Readonly<Record<"responses" | "critiques" | "revisions", Readonly<Partial<Record<Ending, number>>>>>;
  /** Revisions that passed on sight: how many were compared by likelihood ratio, which share of them was preferred, and the mean gain in nats. */
  readonly likelihood: { readonly compared: number; readonly preferred: number | null; readonly meanGain: number | null };
  /** Revisions that the likelihood ratio had no say in, by reason. */
  readonly unchecked: Readonly<Partial<Record<Unchecked, number>>>;
  /** Mean length of the kept revisions to train on over that of their originals, in characters; null where none was kept. */
  readonly lengthRatio: number | null;
  readonly principles: Readonly<Record<string, { readonly revisions: number; readonly kept: number }>>;
  /** SHA-256 of the constitution. */
  readonly constitution: string | null;
}

/**
 * Counts what the gate kept and refused.
 *
 * @example
 * const rows = await revise({ feedback, constitution, prompts: [prompt] });
 * revisionReport(rows).prompts; // 1
 */
export function revisionReport(rows: readonly RevisionRow[]): RevisionReport {
  const seen = rows.flatMap(({ verdicts, principles }) => verdicts.map((verdict, round) => ({ verdict, principle: principles[round]! })));
  const verdicts = seen.map(({ verdict }) => verdict);
  const kept = rows.filter((row) => keptRound(row) !== undefined);
  const gains = verdicts.flatMap(({ ratios }) => (ratios === undefined ? [] : [ratios.revision - ratios.original]));
  return {
    prompts: rows.length,
    promptsKept: kept.length,
    yield: rows.length === 0 ? 0 : kept.length / rows.length,
    revisions: seen.length,
    revisionsKept: countOf(verdicts, (verdict) => verdict.kept),
    refusals: Object.fromEntries(
      refusals.map((reason) => [reason, countOf(verdicts, ({ refusal }) => refusal === reason)]),
    ) as RevisionReport["refusals"],
    endings: {
      responses: tally(rows.map(({ endings }) => endings.response)),
      critiques: tally(rows.flatMap(({ endings }) => endings.critiques)),
      revisions: tally(rows.flatMap(({ endings }) => endings.revisions)),
    },
    likelihood: {
      compared: gains.length,
      preferred: gains.length === 0 ? null : countOf(gains, (gain) => gain > 0) / gains.length,
      meanGain: gains.length === 0 ? null : sum(gains) / gains.length,
    },
    unchecked: tally(verdicts.flatMap(({ unchecked }) => unchecked ?? [])),
    lengthRatio:
      kept.length === 0
        ? null
        : sum(kept.map((row) => lengthOf(row.revisions[keptRound(row)!]!))) / sum(kept.map(({ response }) => lengthOf(response))),
    principles: Object.fromEntries(
      [...new Set(seen.map(({ principle }) => principle))].sort().map((name) => {
        const own = seen.filter(({ principle }) => principle === name);
        return [name, { revisions: own.length, kept: countOf(own, ({ verdict }) => verdict.kept) }];
      }),
    ),
    constitution: rows[0]?.constitution ?? null,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const countOf = <Item>(items: readonly Item[], counts: (item: Item) => boolean): number => items.filter(counts).length;

function tally<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const distinct = [...new Set(names)].sort();
  return Object.fromEntries(distinct.map((name) => [name, countOf(names, (one) => one === name)])) as Partial<Record<Name, number>>;
}
