import { CaiError, copyRequest, type RewardModel, type ScoreFunction, type ScoreRequest } from "@cai/contracts";
import { untilAborted } from "@cai/endpoint";
import { checkScoreParts } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";
import { withTimeLimit } from "./time-limit.ts";

/**
 * A function as a reward model. It gets copies of the arrays, and its result is checked: one finite number a row, of each of its parts too.
 *
 * @param options.name What errors call it. Default: the function's own name.
 * @param options.timeoutMs For a batch: its signal is aborted then, and its answer not waited for any longer. It can't end a function that holds
 *   the thread; `loadModuleReward` can. Default: none.
 * @throws RewardModelError from `score`: `function-failed` with what the function throws as its cause, `timed-out`, `bad-scores`
 * @example
 * const shortAnswers = functionReward(({ responses }) => responses.map((text) => -text.length));
 */
export function functionReward(
  score: ScoreFunction,
  { name = score.name || "(a function)", timeoutMs }: { readonly name?: string; readonly timeoutMs?: number } = {},
): RewardModel & Required<Pick<RewardModel, "scoreParts">> {
  const call = async (request: Parameters<ScoreFunction>[0], signal: AbortSignal | undefined) => {
    try {
      return await untilAborted(score(copyRequest(request), signal ? { signal } : {}), signal);
    } catch (cause) {
      signal?.throwIfAborted();
      if (CaiError.isInstance(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : `it threw ${String(cause)}`;
      throw new RewardModelError("function-failed", `reward model ${name} failed: ${reason}`, { cause });
    }
  };
  async function scoreParts(request: ScoreRequest, { signal }: { readonly signal?: AbortSignal } = {}) {
    signal?.throwIfAborted();
    const given =
      timeoutMs === undefined
        ? await call(request, signal)
        : await withTimeLimit({ timeoutMs, signal, name }, (limited) => call(request, limited));
    return checkScoreParts(given, { rows: request.prompts.length, model: name });
  }
  return { scoreParts, score: async (request, options) => (await scoreParts(request, options)).scores };
}
