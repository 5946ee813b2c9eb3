import type { ScoreRequest } from "./reward-model.ts";

/**
 * The same request in arrays of its own: what a reward function does to them touches nothing else.
 *
 * @example
 * const request = { prompts: ["a"], responses: ["b"], promptIds: [Int32Array.of(1)], responseIds: [Int32Array.of(2)] };
 * const copy = copyRequest(request);
 * copy.responseIds[0]?.fill(0);
 * console.log(request.responseIds[0]?.[0]); // 2
 */
export function copyRequest({ prompts, responses, promptIds, responseIds, columns }: ScoreRequest): ScoreRequest {
  return {
    prompts: [...prompts],
    responses: [...responses],
    promptIds: promptIds.map((ids) => ids.slice()),
    responseIds: responseIds.map((ids) => ids.slice()),
    ...(columns && { columns: structuredClone(columns) }),
  };
}
