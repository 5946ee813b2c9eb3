import { localFeedback } from "@cai/feedback";
import { addLora, loadPolicy } from "@cai/policy";
import { resolveRewardModel } from "@cai/reward-model";
import { endpointOf } from "./endpoint-of.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/**
 * Models by what lies here: policies in folders and GGUF files, rewards as `resolveRewardModel` takes them, feedback models of both kinds, and by
 * the address of an OpenAI-compatible endpoint with the model's name there. The backend must be prepared.
 *
 * @example
 * const policy = await localParts.openPolicy("./gpt2", { rank: 8, alpha: 16, targets: "all-linear", seed: 7 });
 * policy.dispose();
 */
export const localParts: PipelineParts = {
  async openPolicy(source, adapter) {
    const policy = await loadPolicy(source);
    if (adapter === undefined) return policy;
    try {
      return addLora(policy, adapter);
    } finally {
      policy.dispose();
    }
  },
  openReward: (source) => resolveRewardModel(source),
  async openFeedback(source) {
    const endpoint = endpointOf(source);
    if (endpoint !== undefined) return { model: endpoint, dispose() {} };
    const policy = await loadPolicy(source.feedback);
    return { model: localFeedback({ policy }), dispose: () => policy.dispose() };
  },
};
