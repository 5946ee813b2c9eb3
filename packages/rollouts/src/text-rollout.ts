import type { Rollout, ScoreParts, ScoreRequest } from "@cai/contracts";

/** A rollout with its texts, as the reward model sees them. */
export interface TextRollout extends Rollout {
  /** One for each row; `responseTexts` end before the end of text, the stop token or the stop text, and hold no special tokens. */
  readonly promptTexts: readonly string[];
  readonly responseTexts: readonly string[];
  /** What else the prompts' rows hold, for rewards. */
  readonly columns?: ScoreRequest["columns"];
}

/** A prompt, what the policy wrote, and its score. */
export interface ScoredSample {
  readonly prompt: string;
  readonly response: string;
  readonly score: number;
  /** What the score is made of, where the reward model names it. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** The first few rows with their scores. */
export function sampleRows({ promptTexts, responseTexts }: TextRollout, { scores, parts }: ScoreParts, count = 4): ScoredSample[] {
  const named = Object.entries(parts);
  return promptTexts.slice(0, count).map((prompt, row) => ({
    prompt,
    response: responseTexts[row]!,
    score: scores[row]!,
    ...(named.length > 0 && { parts: Object.fromEntries(named.map(([name, values]) => [name, values[row]!])) }),
  }));
}
