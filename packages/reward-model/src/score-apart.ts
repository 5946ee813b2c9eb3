import type { RewardModel, ScoreParts, ScoreRequest } from "@cai/contracts";

/** A reward model's scores with their parts, none where it knows of none. */
export async function scoreApart(
  model: RewardModel,
  request: ScoreRequest,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ScoreParts> {
  return model.scoreParts?.(request, options) ?? { scores: await model.score(request, options), parts: {} };
}
