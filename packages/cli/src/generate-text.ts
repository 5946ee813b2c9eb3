import { prepareBackend } from "@cai/backend";
import { encodePrompt } from "@cai/trainer";
import { readingInput } from "./exit-codes.ts";
import { refuseUnfit } from "./prepare-prompts.ts";
import { type PromptFlags, readPrompt } from "./read-prompt.ts";
import { resolvePolicy } from "./resolve-policy.ts";

const defaultMaxNewTokens = 128;

/** The flags of `cai generate`. */
export interface GenerateFlags extends PromptFlags {
  readonly policy: string;
  readonly maxNewTokens?: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly stopTokenIds?: readonly number[];
  readonly seed: number;
  readonly json?: boolean;
}

/** Prints the continuation of a prompt, or with `json` one object with its ids and their log-probabilities. */
export async function generateText(flags: GenerateFlags): Promise<void> {
  const { prompt, where } = await readPrompt(flags);
  await prepareBackend();
  const policy = await resolvePolicy(flags.policy);
  const { tokenizer, contextLength } = policy;
  const promptIds = await readingInput(() => encodePrompt(prompt, tokenizer));
  const room = Math.max(contextLength - promptIds.length, 1);
  const maxNewTokens = flags.maxNewTokens ?? Math.min(defaultMaxNewTokens, room);
  refuseUnfit(promptIds, where, { contextLength, maxNewTokens });
  const { topK, topP, stopTokenIds, seed, temperature } = flags;
  const prompts = { ids: promptIds, mask: new Uint8Array(promptIds.length).fill(1), shape: [1, promptIds.length] as const };
  // Nothing is written before the whole response is there: what the policy refuses is wrong use.
  const { responses, behaviourLogprobs, finishReasons } = await readingInput(() =>
    policy.generate(prompts, {
      draws: { seed, stream: "generate", step: 0 },
      maxNewTokens,
      temperature,
      ...(topK !== undefined && { topK }),
      ...(topP !== undefined && { topP }),
      ...(stopTokenIds !== undefined && { stopTokenIds }),
    }),
  );
  const length = responses.mask.reduce((sum, valid) => sum + valid, 0);
  const ids = [...responses.ids.subarray(0, length)];
  const text = tokenizer.decode(finishReasons[0] === "stop" ? ids.slice(0, -1) : ids, { skipSpecialTokens: true });
  const logprobs = [...behaviourLogprobs.subarray(0, length)];
  const answer = { promptIds: [...promptIds], ids, text, logprobs, finishReason: finishReasons[0] };
  process.stdout.write(`${flags.json ? JSON.stringify(answer) : text}\n`);
  policy.dispose();
}
