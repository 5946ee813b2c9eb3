import type { RewardModel, ScoreRequest } from "@cai/contracts";
import { abortTogether } from "./abort-together.ts";
import { checkScores } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";
import { postJson } from "./http-request.ts";
import { withRetries } from "./retry.ts";

/** How an endpoint is asked. */
export interface HttpRewardOptions {
  /** `http:` or `https:`; a user and password in it go into the Authorization header. */
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  /** For each attempt, until the answer is complete. Default 60,000 (Node's fetch itself gives up after 300,000). */
  readonly timeoutMs?: number;
  /** Further attempts after network errors, timeouts, 429 and 5xx. Default 4. */
  readonly retries?: number;
  /** The wait before the first further attempt; it doubles each time. `Retry-After` goes before it; neither exceeds `timeoutMs`. Default 500. */
  readonly backoffMs?: number;
  /** Requests at a time. Default 4. */
  readonly concurrency?: number;
  /** Rows a request. Default 32. */
  readonly batchSize?: number;
  /** Default: Node's own. */
  readonly fetch?: typeof globalThis.fetch;
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
export function httpReward(options: HttpRewardOptions): RewardModel {
  const { timeoutMs = 60_000, retries = 4, backoffMs = 500, concurrency = 4, batchSize = 32, fetch = globalThis.fetch } = options;
  requireNumber("timeoutMs", timeoutMs, 1);
  requireNumber("backoffMs", backoffMs, 0);
  requireInteger("retries", retries, 0);
  requireInteger("concurrency", concurrency, 1);
  requireInteger("batchSize", batchSize, 1);
  const { url, name, headers } = readAddress(options);

  async function scoreBatch(prompts: readonly string[], responses: readonly string[], signal: AbortSignal): Promise<Float32Array> {
    const attempt = () => postJson({ url, headers, body: { prompts, responses }, timeoutMs, fetch, name, signal });
    const outcome = await withRetries(attempt, { retries, backoffMs, longestWaitMs: timeoutMs, signal });
    if ("failure" in outcome) {
      const message = `reward endpoint ${name} gave no scores in ${retries + 1} attempts; the last: ${outcome.failure}`;
      throw new RewardModelError("endpoint-failed", message, { cause: outcome.cause });
    }
    const scores = (outcome.result as { scores?: unknown } | null)?.scores;
    return checkScores(scores, { rows: prompts.length, model: name });
  }

  return {
    async score({ prompts, responses }: ScoreRequest, { signal } = {}) {
      const scores = new Float32Array(prompts.length);
      let next = 0;
      await abortTogether(signal, (together) => {
        const work = async () => {
          while (next < prompts.length) {
            const start = next;
            next += batchSize;
            const end = start + batchSize;
            scores.set(await scoreBatch(prompts.slice(start, end), responses.slice(start, end), together), start);
          }
        };
        return Promise.all(Array.from({ length: concurrency }, work));
      });
      return scores;
    },
  };
}

function readAddress({ url, headers = {} }: HttpRewardOptions) {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new RewardModelError("bad-options", `${url} is no address of a reward endpoint: wanted http://… or https://…`);
  }
  const { username, password } = address;
  address.username = "";
  address.password = "";
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = username === "" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
  // The query may hold a key, so messages leave it out.
  return { url: address.href, name: address.origin + address.pathname, headers: { ...authorization, ...headers } };
}

function requireNumber(name: string, value: number, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw new RewardModelError("bad-options", `${name} is ${value}, wanted a number from ${least}`);
}

function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RewardModelError("bad-options", `${name} is ${value}, wanted a whole number from ${least}`);
}
