import { setTimeout as sleep } from "node:timers/promises";
import { CaiError, type RewardModel, type ScoreParts, type ScoreRequest, sliceRequest } from "@cai/contracts";
import { RewardModelError } from "./error.ts";
import { scoreApart } from "./score-apart.ts";

/** What becomes of a batch whose scoring fails. */
const rewardFaultPolicies = ["retry", "skip", "stop"] as const;
export type RewardFaultPolicy = (typeof rewardFaultPolicies)[number];

export interface TolerantRewardOptions {
  /**
   * `retry` (default): the batch is scored again, `retries` times. `skip`: its rows are scored one by one, and those that fail get the mean of the
   * others' scores, which pulls the policy nowhere in particular. `stop`: it fails at once. Where all of that is in vain, scoring fails.
   */
  readonly onError?: RewardFaultPolicy;
  /** Further attempts. Default 2. An endpoint's own attempts come first; one that gave no answer in any of them is not asked again. */
  readonly retries?: number;
  /** The wait before the first of them; it doubles. Default 1000. */
  readonly backoffMs?: number;
  /** Told of each failure that is got over, in a line. */
  readonly onFault?: (line: string) => void;
}

/** What would fail again, or has had its attempts. */
const final = new Set(["bad-options", "bad-model", "bad-module", "disposed", "endpoint-failed", "missing-file", "missing-runtime"]);

/**
 * A reward model that gets over faults of another: a score that is no number, a module that breaks, an answer that never came.
 *
 * @throws RewardModelError `bad-options`. `score` rejects with the other's last error, when nothing helps; with the signal's reason.
 * @example
 * const halves = functionReward(({ responses }) => responses.map((text) => (text === "" ? Number.NaN : text.length / 2)));
 * const rewardModel = tolerantReward(halves, { onError: "skip" });
 * const request = { prompts: ["a", "b", "c"], responses: ["ab", "", "abcd"], promptIds: [], responseIds: [] };
 * console.log((await rewardModel.score(request)).join()); // 1,1.5,2
 */
export function tolerantReward(
  model: RewardModel,
  { onError = "retry", retries = 2, backoffMs = 1000, onFault = () => undefined }: TolerantRewardOptions = {},
): Required<RewardModel> {
  if (!rewardFaultPolicies.includes(onError))
    throw new RewardModelError("bad-options", `onError is ${JSON.stringify(onError)}, wanted ${rewardFaultPolicies.join(", ")}`);
  if (!Number.isSafeInteger(retries) || retries < 0)
    throw new RewardModelError("bad-options", `retries is ${retries}, wanted a whole number from 0`);

  async function again(request: ScoreRequest, first: unknown, signal: AbortSignal | undefined): Promise<ScoreParts> {
    let error = first;
    for (let attempt = 1; attempt <= retries && !isFinal(error); attempt += 1) {
      onFault(`scored again (${attempt} of ${retries}): ${reasonOf(error)}`);
      await sleep(backoffMs * 2 ** (attempt - 1), undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
      try {
        return await scoreApart(model, request, signal ? { signal } : {});
      } catch (next) {
        signal?.throwIfAborted();
        error = next;
      }
    }
    throw error;
  }

  async function rowByRow(request: ScoreRequest, first: unknown, signal: AbortSignal | undefined): Promise<ScoreParts> {
    const rows = request.prompts.length;
    const scored: (ScoreParts | undefined)[] = [];
    if (rows < 2 || isFinal(first)) throw first;
    let last = first;
    for (let row = 0; row < rows; row += 1) {
      try {
        scored.push(await scoreApart(model, sliceRequest(request, row, row + 1), signal ? { signal } : {}));
      } catch (error) {
        signal?.throwIfAborted();
        if (isFinal(error)) throw error;
        last = error;
        scored.push(undefined);
      }
    }
    const good = scored.filter((row) => row !== undefined);
    if (good.length === 0) throw last;
    onFault(`${rows - good.length} of ${rows} responses have no score, and get the others' mean: ${reasonOf(last)}`);
    const filled = (read: (row: ScoreParts) => number) => {
      const mean = good.reduce((sum, row) => sum + read(row), 0) / good.length;
      return Float32Array.from(scored, (row) => (row === undefined ? mean : read(row)));
    };
    const names = Object.keys(good[0]!.parts).filter((name) => good.every(({ parts }) => name in parts));
    return {
      scores: filled(({ scores }) => scores[0]!),
      parts: Object.fromEntries(names.map((name) => [name, filled(({ parts }) => parts[name]![0]!)])),
    };
  }

  async function scoreParts(request: ScoreRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ScoreParts> {
    try {
      return await scoreApart(model, request, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      if (onError === "stop") throw error;
      return onError === "skip" ? rowByRow(request, error, signal) : again(request, error, signal);
    }
  }

  return {
    scoreParts,
    score: async (request, options) => (await scoreParts(request, options)).scores,
    dispose: async () => model.dispose?.(),
  };
}

const isFinal = (error: unknown): boolean => CaiError.isInstance(error) && final.has(error.code);

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
