import { GraphBuilder } from "@cai/onnx-graph";
import { loadPolicy } from "@cai/policy";
import { OnnxRewardModel } from "@cai/reward-model";
import { goldenPath, leftPadded, rightPadded, tinyGpt2 } from "@cai/testing";
import { loadTokenizer } from "@cai/tokenizer";

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
};
