import { contrastLabeller, contrastPairs, drawnPairSource, labelPairs, type Principle, readConstitution } from "@cai/constitution";
import { type FeedbackModel, promptFormat } from "@cai/feedback";
import { GraphBuilder } from "@cai/onnx-graph";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { goldenPath, leftPadded, rightPadded, tinyGpt2 } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";

const constitution = await readConstitution("default");
const calm: Principle = {
  name: "calm",
  critiqueRequest: "What isn't calm?",
  revisionRequest: "Be calm.",
  comparisonQuestion: "Which is calmer?",
  positivePersona: "You are calm.",
  negativePersona: "You are angry.",
  weight: 1,
};
const prompt = [{ role: "user", content: "You fool." }];
const draws = { seed: 7, stream: "example", step: 0 };

/** Answers with the number of the sample; those with an even one are likelier from a calm model. Enough for examples, whose texts needn't fit a tiny model's context. */
const feedback: Required<FeedbackModel> = {
  identity: "example",
  complete: async (conversations, { draws: { firstSample = 0 } }) =>
    conversations.map((_, i) => ({ text: `This is answer ${firstSample + i}`, ending: "finished" })),
  choose: async (choices) => choices.map(({ options }) => options.map((_, i) => Math.log((i + 1) / 4))),
  logprobs: async (answers) =>
    answers.map(({ messages, answer }) => ({
      logprob: messages[0]?.content === calm.positivePersona && /[02468]$/.test(answer) ? -5 : -6,
      tokens: 4,
    })),
};
const contrast = async () => contrastPairs({ feedback, prompts: [prompt], principles: [calm], draws });

/** What an example may use without making it, by the name that it has there: each time a new one. */
export const given = {
  policy: () => loadPolicy(tinyGpt2),
  rewardModel: () => OnnxRewardModel.load(goldenPath("tiny-reward")),
  tokenizer: () => loadTokenizer(tinyGpt2),
  prompts: async () => ["Once upon a time", "The old house"],
  batch: async () => ({ prompts: leftPadded([[5, 6]]), responses: rightPadded([[7, 8, 9]]) }),
  request: async () => ({ prompts: ["The"], responses: [" house"], promptIds: [Int32Array.of(5)], responseIds: [Int32Array.of(6)] }),
  sampling: async () => ({ draws: { seed: 7, stream: "example", step: 0 }, maxNewTokens: 2 }),
  graph: async () => new GraphBuilder(),
  folder: async () => ".",
  constitution: async () => constitution,
  principle: async () => calm,
  prompt: async () => prompt,
  feedback: async () => feedback,
  format: async () => promptFormat("dialogue"),
  labeller: async () => contrastLabeller(),
  pair: async () => (await contrast())[0]!,
  source: async () => drawnPairSource({ kind: "contrast", feedback, prompts: [prompt], constitution, seed: 7 }),
  labelled: async () => labelPairs({ pairs: await contrast(), labeller: contrastLabeller(), constitution, draws }),
};
