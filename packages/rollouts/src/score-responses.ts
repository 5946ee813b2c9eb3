import { copyRequest, type ScoreFunction, type ScoreRequest, validRows } from "@cai/contracts";
import { RolloutError } from "./error.ts";
import type { TextRollout } from "./text-rollout.ts";

/** What a reward model is asked: texts, and ids without their padding. */
export function scoreRequest({ prompts, responses, promptTexts, responseTexts }: TextRollout): ScoreRequest {
  return { prompts: promptTexts, responses: responseTexts, promptIds: validIds(prompts), responseIds: validIds(responses) };
}

const validIds = ({ ids, mask, shape }: TextRollout["prompts"]): Int32Array[] => validRows(ids, mask, shape);

/**
 * One finite score a row. The reward model gets copies of the request's arrays.
 *
 * @throws RolloutError `invalid-scores` where the reward model gives another number of scores, or one that is not finite.
 */
export async function scoreResponses(
  rewardModel: { readonly score: ScoreFunction } | ScoreFunction,
  request: ScoreRequest,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const rows = request.responses.length;
  const options = signal === undefined ? {} : { signal };
  const own = copyRequest(request);
  const scores = await (typeof rewardModel === "function" ? rewardModel(own, options) : rewardModel.score(own, options));
  if (scores?.length !== rows)
    throw new RolloutError(
      "invalid-scores",
      `the reward model returned ${scores?.length ?? typeof scores} scores for ${rows} responses; expected one each`,
    );
  const given: unknown[] = Array.from(scores);
  const checked = Float32Array.from(given, (score) => (typeof score === "number" ? score : Number.NaN));
  const broken = checked.findIndex((score) => !Number.isFinite(score));
  if (broken >= 0)
    throw new RolloutError(
      "invalid-scores",
      `the reward model returned ${String(given[broken])} for response ${broken + 1} of ${rows} (${JSON.stringify(request.responses[broken]!.slice(0, 60))}); ` +
        "expected a finite number",
    );
  return checked;
}
