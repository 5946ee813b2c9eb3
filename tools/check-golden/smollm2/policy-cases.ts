import type { Tokenizer } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import type { NamedCheck } from "../case.ts";
import { type Comparison, compareNumbers, compareTexts, exact } from "../compare.ts";
import { padded } from "../golden-json.ts";
import { continued } from "../policy/greedy-cases.ts";
import { readLogits } from "../policy/logits-cases.ts";
import { tolerances } from "../tolerances.ts";
import type { ExpectedContinuation, ExpectedSmollm2 } from "./expected.ts";

/** The model that is made of the file: sizes, weights in Hugging Face's layout, tokenizer, chat template, greedy tokens and their numbers. */
export function policyCases(policy: CausalPolicy, expected: ExpectedSmollm2): NamedCheck[] {
  const { tokenizer } = policy;
  const texts = [...expected.prompts, ...expected.chats];
  return [
    { name: "configuration", compute: () => compareConfig(policy, expected) },
    ...expected.weights.map(({ hfName, row, hfFirst8 }) => ({
      name: `weights of ${hfName}`,
      compute: async () => {
        const { value, shape } = policy.parameters.get(hfName)!;
        const start = (row ?? 0) * shape.at(-1)!;
        return [compareNumbers("first 8", (await value.data()).subarray(start, start + 8), hfFirst8, tolerances.weights)];
      },
    })),
    ...expected.tokenizer.encode.map(({ text, ids }) => ({
      name: `tokenizer.encode ${JSON.stringify(text)}`,
      compute: () => [compareNumbers("ids", tokenizer.encode(text), ids, exact), compareTexts("decoded", tokenizer.decode(ids), text)],
    })),
    { name: "special tokens", compute: () => compareSpecialTokens(tokenizer, expected) },
    ...expected.prompts.map(({ text, promptIds }) => ({
      name: `ids of ${JSON.stringify(text)}`,
      compute: () => [compareNumbers("ids", tokenizer.encode(text), promptIds, exact)],
    })),
    ...expected.chats.map(({ messages, rendered, promptIds }, index) => ({
      name: `chat template, chat ${index + 1}`,
      compute: () => {
        const text = tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true });
        const ids = tokenizer.encode(text, { addSpecialTokens: false });
        return [compareTexts("rendered", text, rendered), compareNumbers("ids", ids, promptIds, exact)];
      },
    })),
    ...texts.flatMap((one) => continuationCases(policy, one)),
    {
      name: "greedy tokens, left-padded batch of all",
      compute: async () => {
        const rows = await continued(
          policy,
          texts.map(({ promptIds }) => promptIds),
          texts[0]!.greedyIds.length,
        );
        return texts.map(({ greedyIds }, row) => compareNumbers(`row ${row + 1}`, rows[row]!, greedyIds, exact));
      },
    },
  ];
}

function continuationCases(policy: CausalPolicy, expected: ExpectedContinuation): NamedCheck[] {
  const { promptIds, greedyIds, greedyText } = expected;
  const where = JSON.stringify(`${greedyText.trimStart().slice(0, 16)}…`);
  return [
    {
      name: `greedy tokens, ${where}`,
      compute: async () => {
        const [ids = []] = await continued(policy, [promptIds], greedyIds.length);
        return [compareNumbers("tokens", ids, greedyIds, exact), compareTexts("text", policy.tokenizer.decode(ids), greedyText)];
      },
    },
    { name: `logprobs and entropies, ${where}`, compute: () => compareDistribution(policy, expected) },
    { name: `likeliest next tokens, ${where}`, compute: () => compareNextToken(policy, expected) },
  ];
}

function compareConfig(policy: CausalPolicy, { config: wanted }: ExpectedSmollm2): Comparison[] {
  const { config } = policy.parts;
  const computed = {
    hiddenSize: policy.hiddenSize,
    intermediateSize: config.intermediate_size,
    layers: policy.layerCount,
    heads: config.num_attention_heads,
    kvHeads: config.num_key_value_heads,
    headDim: config.head_dim,
    vocab: policy.vocabSize,
    context: policy.contextLength,
    ropeTheta: config.rope_theta,
    rmsNormEps: config.rms_norm_eps,
    tiedEmbeddings: config.tie_word_embeddings,
    bos: policy.tokenizer.bosTokenId,
    eos: policy.tokenizer.eosTokenId,
    pad: policy.tokenizer.padTokenId,
  };
  return Object.entries(computed).map(([name, value]) => compareTexts(name, String(value), String(wanted[name])));
}

function compareSpecialTokens(tokenizer: Tokenizer, { tokenizer: { specialTokens } }: ExpectedSmollm2): Comparison[] {
  return Object.entries(specialTokens).flatMap(([text, id]) => [
    compareNumbers(text, tokenizer.encode(text), [id], exact),
    compareTexts(`${text} left out`, tokenizer.decode([id], { skipSpecialTokens: true }), ""),
  ]);
}

async function compareDistribution(policy: CausalPolicy, expected: ExpectedContinuation): Promise<Comparison[]> {
  const batch = { prompts: padded([expected.promptIds], "left"), responses: padded([expected.greedyIds], "right") };
  const { logprobs, entropy } = tf.tidy(() =>
    policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature: 1, entropy: true }),
  );
  const comparisons = [
    compareNumbers("logprobs", await logprobs.data(), expected.logprobs, tolerances.smollm2Logits),
    compareNumbers("entropy", await entropy!.data(), expected.entropy, tolerances.smollm2Logits),
  ];
  tf.dispose([logprobs, entropy!]);
  return comparisons;
}

function compareNextToken(policy: CausalPolicy, expected: ExpectedContinuation): Comparison[] {
  const prompts = padded([expected.promptIds], "left");
  const logits = readLogits(policy, { prompts, responses: padded([[0]], "right") })(0, 0);
  const { ids, logits: wanted } = expected.nextTokenTop5;
  const likeliest = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, ids.length);
  const max = logits[likeliest[0]!]!;
  const logsumexp = max + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0));
  return [
    compareNumbers("ids", likeliest, ids, exact),
    compareNumbers(
      "logits",
      likeliest.map((id) => logits[id]!),
      wanted,
      tolerances.smollm2Logits,
    ),
    compareNumbers("logsumexp", logsumexp, expected.nextTokenLogsumexp, tolerances.smollm2Logits),
  ];
}
