import type { Rollout } from "@cai/contracts";

/** A rollout with its texts, as the reward model sees them. */
export interface TextRollout extends Rollout {
  /** One for each row; `responseTexts` end before the end of text, the stop token or the stop text, and hold no special tokens. */
  readonly promptTexts: readonly string[];
  readonly responseTexts: readonly string[];
}

/** A prompt, what the policy wrote, and its score. */
export interface ScoredSample {
  readonly prompt: string;
  readonly response: string;
  readonly score: number;
}

/** The first few rows with their scores. */
export function sampleRows({ promptTexts, responseTexts }: TextRollout, scores: Float32Array, count = 4): ScoredSample[] {
  return promptTexts.slice(0, count).map((prompt, row) => ({ prompt, response: responseTexts[row]!, score: scores[row]! }));
}
