import type { RewardModel, ScoreRequest } from "@cai/contracts";
import { abortTogether, EndpointError, type EndpointOptions, type JsonEndpoint, jsonEndpoint } from "@cai/endpoint";
import { checkScores } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";

/** How an endpoint is asked. */
export interface HttpRewardOptions extends EndpointOptions {
  /** Rows a request. Default 32. */
  readonly batchSize?: number;
}

/**
 * A scoring endpoint: `POST {"prompts": […], "responses": […]}`, answered by `{"scores": […]}`, one number a row.
 *
 * An answer that is not that is an error at once; so is any 4xx but 429. When a request fails for good, the others are given up.
 *
 * @throws RewardModelError `bad-options` for an address or number that can't be used. `score` rejects with `endpoint-failed` or `bad-scores`.
 * @example
 * const rewardModel = httpReward({ url: "http://localhost:8000/score", timeoutMs: 10_000 });
 */
export function httpReward({ batchSize = 32, ...options }: HttpRewardOptions): RewardModel {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new RewardModelError("bad-options", `batchSize is ${batchSize}, wanted a whole number from 1`);
  const endpoint = openEndpoint(options);

  async function scoreBatch(prompts: readonly string[], responses: readonly string[], signal: AbortSignal): Promise<Float32Array> {
    const answer = await endpoint.post({ prompts, responses }, { signal }).catch(throwAsOurs);
    return checkScores((answer as { scores?: unknown } | null)?.scores, { rows: prompts.length, model: endpoint.name });
  }

  return {
    async score({ prompts, responses }: ScoreRequest, { signal } = {}) {
      const scores = new Float32Array(prompts.length);
      const starts = Array.from({ length: Math.ceil(prompts.length / batchSize) }, (_, batch) => batch * batchSize);
      await abortTogether(signal, (together) =>
        Promise.all(
          starts.map(async (start) => {
            const rows = [start, start + batchSize] as const;
            scores.set(await scoreBatch(prompts.slice(...rows), responses.slice(...rows), together), start);
          }),
        ),
      );
      return scores;
    },
  };
}

function openEndpoint(options: EndpointOptions): JsonEndpoint {
  try {
    return jsonEndpoint({ ...options, kind: "reward endpoint", gives: "scores" });
  } catch (error) {
    return throwAsOurs(error);
  }
}

/** Codes of this package for those of @cai/endpoint. */
const ours: Readonly<Record<string, string>> = {
  "bad-option": "bad-options",
  "bad-answer": "bad-scores",
  "endpoint-failed": "endpoint-failed",
};

function throwAsOurs(error: unknown): never {
  if (!EndpointError.isInstance(error)) throw error;
  throw new RewardModelError(ours[error.code]!, error.message, { cause: error });
}
