import { countValid } from "@cai/contracts";
import { rollOut } from "@cai/rollouts";
import { encodePrompt } from "@cai/trainer";
import { prepareChosenBackend } from "./chosen-backend.ts";
import { readingInput } from "./exit-codes.ts";
import { refuseUnfit } from "./prepare-prompts.ts";
import { type PromptFlags, readPrompt } from "./read-prompt.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import { print } from "./visible.ts";

const defaultMaxNewTokens = 128;

/** The flags of `cai generate`. */
export interface GenerateFlags extends PromptFlags {
  readonly policy: string;
  readonly maxNewTokens?: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly stopTokenIds?: readonly number[];
  readonly stopTexts?: readonly string[];
  readonly seed: number;
  readonly json?: boolean;
}

/** Prints the continuation of a prompt, or with `json` one object with its ids and their log-probabilities. */
export async function generateText(flags: GenerateFlags): Promise<void> {
  const { prompt, where } = await readPrompt(flags);
  await prepareChosenBackend();
  const policy = await resolvePolicy(flags.policy);
  const { tokenizer, contextLength } = policy;
  const promptIds = await readingInput(() => encodePrompt(prompt, tokenizer));
  const room = Math.max(contextLength - promptIds.length, 1);
  const maxNewTokens = flags.maxNewTokens ?? Math.min(defaultMaxNewTokens, room);
  refuseUnfit(promptIds, where, { contextLength, maxNewTokens });
  const { topK, topP, stopTokenIds, stopTexts, seed, temperature } = flags;
  // Nothing is written before the whole response is there: what the policy refuses is wrong use.
  const { responses, responseTexts, behaviourLogprobs, finishReasons } = await readingInput(() =>
    rollOut(policy, tokenizer, [{ text: tokenizer.decode(promptIds), ids: promptIds }], {
      draws: { seed, stream: "generate", step: 0 },
      maxNewTokens,
      temperature,
      ...(topK !== undefined && { topK }),
      ...(topP !== undefined && { topP }),
      ...(stopTokenIds !== undefined && { stopTokenIds }),
      ...(stopTexts !== undefined && { stopTexts }),
    }),
  );
  const length = countValid(responses.mask);
  const ids = [...responses.ids.subarray(0, length)];
  const text = responseTexts[0]!;
  const logprobs = [...behaviourLogprobs.subarray(0, length)];
  const answer = { promptIds: [...promptIds], ids, text, logprobs, finishReason: finishReasons[0] };
  print(`${flags.json ? JSON.stringify(answer) : text}\n`);
  policy.dispose();
}
