import type { ScoreParts } from "@cai/contracts";
import { replaceRows, ScoreTable, type TextRollout, type TokenizedPrompt } from "@cai/rollouts";
import { hasEqualScores } from "./equal-scores.ts";

/** Answers to prompts, group by group, with their scores. */
export interface ScoredGroups {
  readonly rollout: TextRollout;
  /** `[B]`. */
  readonly scores: Float32Array;
  /** What they are made of, by name; `[B]` each. */
  readonly scoreParts: ScoreParts["parts"];
  /** Groups that were drawn again. */
  readonly redrawn: number;
}

/** Every prompt as often as its group is large. */
export const inGroups = (prompts: readonly TokenizedPrompt[], groupSize: number): TokenizedPrompt[] =>
  prompts.flatMap((prompt) => Array<TokenizedPrompt>(groupSize).fill(prompt));

/**
 * Answers every prompt `groupSize` times, and scores the answers. Groups whose scores are all equal teach nothing: up to `redraws` times they
 * are drawn again, with draws of their own (dynamic sampling, https://arxiv.org/abs/2503.14476); what is equal then stays.
 *
 * @param rollOut answers to prompts; `attempt` 0 for the first time, and `firstSample` the number of the first row within the step.
 */
export async function drawGroups({
  prompts,
  groupSize,
  redraws,
  rollOut,
  score,
}: {
  readonly prompts: readonly TokenizedPrompt[];
  readonly groupSize: number;
  readonly redraws: number;
  readonly rollOut: (prompts: readonly TokenizedPrompt[], attempt: number, firstSample: number) => Promise<TextRollout>;
  readonly score: (rollout: TextRollout) => Promise<ScoreParts>;
}): Promise<ScoredGroups> {
  let rollout = await rollOut(inGroups(prompts, groupSize), 0, 0);
  const scored = new ScoreTable(rollout.promptTexts.length);
  scored.set(await score(rollout), 0);
  const { scores } = scored;
  let redrawn = 0;
  for (let attempt = 1; attempt <= redraws; attempt++) {
    const equal = prompts
      .map((_, group) => group)
      .filter((group) => hasEqualScores(scores.subarray(group * groupSize, (group + 1) * groupSize)));
    if (equal.length === 0) break;
    redrawn += equal.length;
    for (const group of equal) {
      const firstSample = group * groupSize;
      const again = await rollOut(inGroups([prompts[group]!], groupSize), attempt, firstSample);
      scored.set(await score(again), firstSample);
      rollout = replaceRows(
        rollout,
        again,
        Array.from({ length: groupSize }, (_, i) => firstSample + i),
      );
    }
  }
  return { rollout, scores, scoreParts: scored.parts, redrawn };
}
