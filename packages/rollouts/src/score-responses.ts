import {
  copyRequest,
  type RewardModel,
  type ScoreFunction,
  type ScoreParts,
  type ScoreRequest,
  splitScores,
  validRows,
} from "@cai/contracts";
import { RolloutError } from "./error.ts";
import type { TextRollout } from "./text-rollout.ts";

/** What a reward model is asked: texts, ids without their padding, and the other columns of the prompts' rows. */
export function scoreRequest({ prompts, responses, promptTexts, responseTexts, columns }: TextRollout): ScoreRequest {
  const ids = { promptIds: validIds(prompts), responseIds: validIds(responses) };
  return { prompts: promptTexts, responses: responseTexts, ...ids, ...(columns && { columns }) };
}

const validIds = ({ ids, mask, shape }: TextRollout["prompts"]): Int32Array[] => validRows(ids, mask, shape);

/** What can be asked for scores. */
export type Scoring = ({ readonly score: ScoreFunction } & Pick<RewardModel, "scoreParts">) | ScoreFunction;

/**
 * One finite score a row. The reward model gets copies of the request's arrays.
 *
 * @throws RolloutError `invalid-scores` where the reward model gives another number of scores, or one that is not finite.
 */
export async function scoreResponses(rewardModel: Scoring, request: ScoreRequest, signal?: AbortSignal): Promise<Float32Array> {
  return (await scoreResponsesApart(rewardModel, request, signal)).scores;
}

/** The same, with the parts of the scores that the reward model names, checked alike. */
export async function scoreResponsesApart(rewardModel: Scoring, request: ScoreRequest, signal?: AbortSignal): Promise<ScoreParts> {
  const options = signal === undefined ? {} : { signal };
  const own = copyRequest(request);
  const asked = typeof rewardModel === "function" ? rewardModel : (rewardModel.scoreParts ?? rewardModel.score).bind(rewardModel);
  const { scores, parts } = splitScores(await asked(own, options));
  const checked = Object.entries(parts).map(([name, part]) => [name, checkedScores(part, request, `${name}: `)] as const);
  return { scores: checkedScores(scores, request), parts: Object.fromEntries(checked) };
}

/** @param named begins what is said of it. */
function checkedScores(scores: ArrayLike<number>, request: ScoreRequest, named = ""): Float32Array {
  const rows = request.responses.length;
  if (scores?.length !== rows)
    throw new RolloutError(
      "invalid-scores",
      `${named}the reward model returned ${scores?.length ?? typeof scores} scores for ${rows} responses; expected one each`,
    );
  const given: unknown[] = Array.from(scores);
  const checked = Float32Array.from(given, (score) => (typeof score === "number" ? score : Number.NaN));
  const broken = checked.findIndex((score) => !Number.isFinite(score));
  if (broken >= 0)
    throw new RolloutError(
      "invalid-scores",
      `${named}the reward model returned ${String(given[broken])} for response ${broken + 1} of ${rows} (${JSON.stringify(request.responses[broken]!.slice(0, 60))}); ` +
        "expected a finite number",
    );
  return checked;
}
