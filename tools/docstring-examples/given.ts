import { readConstitution } from "@cai/constitution";
import type { FeedbackModel } from "@cai/feedback";
import { GraphBuilder } from "@cai/onnx-graph";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { goldenPath, leftPadded, rightPadded, tinyGpt2 } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";

const greeting = [{ role: "user", content: "Hello." }];
const calm = {
  name: "calm",
  critiqueRequest: "Say where the answer isn't calm.",
  revisionRequest: "Write it anew, calmly.",
  comparisonQuestion: "Which answer is calmer?",
  positivePersona: "You are calm.",
  negativePersona: "You are angry.",
  weight: 1,
};
/** Prefers A, and "Gladly." to whoever is calm. */
const feedback: Required<FeedbackModel> = {
  identity: "given",
  complete: async (conversations) => conversations.map((_, index) => (index % 2 === 0 ? "Answer: A" : "Answer: B")),
  choose: async (choices) => choices.map(() => [-0.1, -2.4]),
  logprobs: async (answers) =>
    answers.map(({ messages, answer }) => {
      const isFitting = (messages[0]?.content === calm.positivePersona) === (answer === "Gladly.");
      return { logprob: isFitting ? -2 : -3, tokens: 2 };
    }),
};

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
  feedback: async () => feedback,
  constitution: () => readConstitution("default"),
  principle: async () => calm,
  pair: async () => ({ prompt: greeting, answers: ["Gladly.", "Never!"] as const, principle: calm }),
};
