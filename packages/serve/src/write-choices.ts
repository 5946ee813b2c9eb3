import { beforeStopText, type WrittenText, writeTexts } from "@cai/rollouts";
import { offsetsOf } from "./offsets-of.ts";
import { type ReadToken, readTokens } from "./read-tokens.ts";
import type { ServedPolicy } from "./served-policy.ts";
import type { WritingRequest } from "./writing-request.ts";

/** An answer; those to one prompt stand together. */
export interface Choice {
  /** With `echo`, behind the prompt's. */
  readonly text: string;
  readonly finishReason: "stop" | "length";
  /** Tokens that were drawn, an end of text among them. */
  readonly drawn: number;
  /** Where log-probabilities are asked for: the tokens of `text`. */
  readonly tokens: readonly ReadToken[] | undefined;
}

/** Who waits for the answers. */
export interface Reader {
  readonly signal: AbortSignal;
  /** Hears of an answer's text, by the answer's number, while it is written. */
  readonly onText?: ((choice: number, text: string) => void) | undefined;
}

/** Lets the policy write what a request asks for: all answers in one pass, then a reading of each where log-probabilities are asked for. */
export async function writeChoices(policy: ServedPolicy, request: WritingRequest, { signal, onText }: Reader): Promise<Choice[]> {
  const { n, echo, topLogprobs } = request;
  const prompts = request.prompts.flatMap((prompt) => Array.from({ length: n }, () => prompt));
  if (echo) for (const [row, { text }] of prompts.entries()) onText?.(row, text);
  const promptIds = prompts.map(({ ids }) => ids);
  const written = request.maxNewTokens === 0 ? prompts.map(() => nothing) : await write(policy, promptIds, request, { signal, onText });
  const choices: Choice[] = [];
  for (const [row, one] of written.entries()) {
    signal.throwIfAborted();
    choices.push({
      text: echo ? prompts[row]!.text + one.text : one.text,
      finishReason: one.finishReason === "length" ? "length" : "stop",
      drawn: one.ids.length,
      tokens: topLogprobs === undefined ? undefined : await readAnswer(policy, promptIds[row]!, one, { ...request, topLogprobs }),
    });
  }
  return choices;
}

const nothing: WrittenText = { text: "", ids: new Int32Array(0), finishReason: "length" };

function write(policy: ServedPolicy, prompts: readonly Int32Array[], request: WritingRequest, { signal, onText }: Reader) {
  const { draws, maxNewTokens, temperature, topP, topK, stopTexts, trim } = request;
  return writeTexts(policy, policy.tokenizer, prompts, {
    ...{ draws, maxNewTokens, temperature, stopTexts, trim, signal },
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(onText !== undefined && { onText }),
  });
}

/** The tokens of an answer, without an end of text and what begins with a stop text or behind it; with `echo`, behind those of its prompt. */
async function readAnswer(
  policy: ServedPolicy,
  promptIds: Int32Array,
  { ids: drawn, finishReason }: WrittenText,
  { echo, topLogprobs, stopTexts }: Pick<WritingRequest, "echo" | "stopTexts"> & { readonly topLogprobs: number },
): Promise<ReadToken[]> {
  const ids = finishReason === "eos" ? drawn.subarray(0, -1) : drawn;
  const tokens = await readTokens(policy, { promptIds, ids, echo, top: topLogprobs });
  if (finishReason !== "stop") return tokens;
  const answer = tokens.slice(tokens.length - ids.length).map(({ text }) => text);
  const end = beforeStopText(answer.join(""), stopTexts).length;
  const behind = offsetsOf(answer).filter((begin) => begin >= end).length;
  return tokens.slice(0, tokens.length - behind);
}
