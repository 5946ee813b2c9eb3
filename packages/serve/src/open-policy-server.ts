import { type PromptFormat, suitableFormat } from "@cai/feedback";
import { LoopbackError, openLoopback } from "@cai/loopback";
import { checkParts, count, countOrNone, type OptionTable, resolveOptions } from "@cai/training";
import { ServeError } from "./error.ts";
import { policyApp } from "./policy-app.ts";
import { errorBody, RequestError } from "./request-error.ts";
import type { ServedPolicy } from "./served-policy.ts";
import { openTurns } from "./turns.ts";

interface ServerSettings {
  /** 0, by default: any that is free. */
  port: number;
  /** The model's name in requests. Default: `policy`. */
  model: string;
  /** What requests must send as `Authorization: Bearer …`. Default: "", no key. */
  apiKey: string;
  /** Requests that may wait for the one that is being answered; further ones get 429. Default 16. */
  maxWaiting: number;
  /** Of a request; larger ones get 413. Default: one mebibyte. */
  maxBodyBytes: number;
  /** Of the draws of requests that bring no seed. Default 0. */
  seed: number;
}

export interface PolicyServerOptions extends Partial<Readonly<ServerSettings>> {
  /** Stays the caller's, who disposes of it after `close`. */
  readonly policy: ServedPolicy;
  /** How conversations are written. Default: the policy's chat template, or `dialogue` where it has none. */
  readonly format?: PromptFormat;
}

/** A policy that is being served. */
export interface PolicyServer {
  /** What clients take as their base address: `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  /** Ends it, and what it is writing; resolves once the policy is read no more. */
  close(): Promise<void>;
}

/** The options that are plain data. */
const options: OptionTable<ServerSettings> = {
  port: { default: 0, integer: true, min: 0, max: 65535, describe: "0 is any that is free" },
  model: { default: "policy", describe: "the model's name in requests" },
  apiKey: { default: "", describe: "what requests must send as a bearer token" },
  maxWaiting: { default: 16, ...countOrNone, describe: "requests that may wait for the one that is being answered" },
  maxBodyBytes: { default: 2 ** 20, ...count, describe: "the largest request" },
  seed: { default: 0, ...countOrNone, describe: "of the draws of requests that bring no seed" },
};
const parts = {
  policy: {
    methods: ["generate", "hiddenStates", "tokenLogprobs", "logits", "tokenizer.encode"],
    expected: "a policy, as loadPolicy gives it",
    required: true,
  },
  format: { methods: ["promptOf", "completionOf", "answerOf"], expected: "a prompt format, as promptFormat gives it" },
};

/**
 * Serves a policy on the loopback as OpenAI does: `GET /v1/models`, `POST /v1/completions` and `POST /v1/chat/completions`. Requests are answered one
 * after the other; one whose client leaves is given up. A request with a `seed` has the same answer every time, and temperature 0 is greedy.
 *
 * Requests that name another host or come from another page are refused.
 *
 * @throws ServeError `port`; TrainingError `invalid-option`
 * @example
 * const server = await openPolicyServer({ policy, model: "mine" });
 * const body = JSON.stringify({ model: "mine", prompt: "Once upon", max_tokens: 8, temperature: 0 });
 * const answer = await fetch(`${server.url}/completions`, { method: "POST", body });
 * console.log(answer.status); // 200
 * await server.close();
 */
export async function openPolicyServer(given: PolicyServerOptions): Promise<PolicyServer> {
  const settings = resolveOptions(options, checkParts(given, { parts, table: options, elsewhere: [] }));
  const { policy, format = suitableFormat(policy.tokenizer) } = given;
  const { port, model, apiKey, maxWaiting, maxBodyBytes, seed } = settings;
  const turns = openTurns(maxWaiting);
  const closing = new AbortController();
  const app = policyApp({ policy, format, model, apiKey, maxBodyBytes, seed, turns, closing: closing.signal });
  const refuse = (why: string) => Response.json(errorBody(new RequestError(403, "refused", why)).body, { status: 403 });
  const server = await openLoopback({ fetch: app.fetch, port, refuse }).catch((error: unknown) => {
    throw LoopbackError.isInstance(error) ? new ServeError("port", error.message, { cause: error }) : error;
  });
  return {
    url: `${server.url}/v1`,
    async close() {
      closing.abort();
      await server.close();
      await turns.done();
    },
  };
}
