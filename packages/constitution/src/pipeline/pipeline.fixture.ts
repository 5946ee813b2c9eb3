import { demoPolicyDirectory } from "@cai/demo";
import { localParts } from "./local-parts.ts";
import { type PipelineConfig, parsePipelineConfig } from "./pipeline-config.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** The embedded policy, whose answers are judged by their length. */
export const demoParts: PipelineParts = {
  ...localParts,
  openPolicy: (source, adapter) => localParts.openPolicy(source === "demo" ? demoPolicyDirectory : source, adapter),
  async openReward(source) {
    if (source !== "length") return localParts.openReward(source);
    return { score: async ({ responses }) => Float32Array.from(responses, (response) => response.length) };
  },
};

/** A constitution for a model that only goes on with a text. */
const warmConstitution = `
principles:
  - name: warmth
    critiqueRequest: This was not said kindly, for
    revisionRequest: A kinder way to say it is this.
    comparisonQuestion: Which is warmer?
    positivePersona: We love our good friends, and we are happy.
    negativePersona: War, hatred and death threaten us.
`;

/** All stages, each as small as it can be. */
export const tinyConfig = (more: object = {}): PipelineConfig =>
  parsePipelineConfig(
    JSON.stringify({
      policy: "demo",
      constitution: warmConstitution,
      prompts: "unread",
      heldOutPrompts: "unread",
      judge: "length",
      seed: 3,
      format: "continuation",
      maxNewTokens: 6,
      batchSize: 4,
      revise: { maxOverlap: 1, minLengthRatio: 0, minDistinct: 0, copiedWords: 10_000 },
      sft: { steps: 2, batchSize: 2, checkpointEvery: 1 },
      prefer: { pairsPerPrompt: 2, heldOutShare: 0.3, calibrationPairs: 8 },
      reward: { epochs: 1, batchSize: 4, checkpointEvery: 1 },
      ppo: { steps: 2, batchSize: 4, epochs: 1, checkpointEvery: 1 },
      grpo: { steps: 2, batchSize: 2, numGenerations: 2, checkpointEvery: 1 },
      dpo: { epochs: 1, batchSize: 4, checkpointEvery: 1 },
      evaluation: { draws: 2, bestOf: 4 },
      ...more,
    }),
  );

const texts = [
  "We are",
  "It was a",
  "The people of",
  "I will",
  "They have",
  "You must",
  "Our country is",
  "In the year",
  "Let us",
  "He said",
  "It is time",
  "Once",
  "No one",
];

export const tinyPrompts = texts.slice(0, 8).map((content) => [{ role: "user", content }]);
export const tinyHeldOut = texts.slice(8).map((content) => [{ role: "user", content }]);
