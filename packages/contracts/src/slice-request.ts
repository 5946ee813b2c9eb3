import type { ScoreRequest } from "./reward-model.ts";

/**
 * Some rows of a request, from `from` up to and without `to`.
 *
 * @example
 * const request = { prompts: ["a", "b"], responses: ["c", "d"], promptIds: [], responseIds: [], columns: { expected: ["e", "f"] } };
 * console.log(sliceRequest(request, 1, 2).columns?.expected?.join()); // f
 */
export function sliceRequest(
  { prompts, responses, promptIds, responseIds, columns }: ScoreRequest,
  from: number,
  to: number,
): ScoreRequest {
  return {
    prompts: prompts.slice(from, to),
    responses: responses.slice(from, to),
    promptIds: promptIds.slice(from, to),
    responseIds: responseIds.slice(from, to),
    ...(columns && { columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from, to)])) }),
  };
}
