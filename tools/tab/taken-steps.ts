import type { CausalPolicy } from "@cai/policy";
import { PPOTrainer } from "@cai/trainer";

/** What three steps gave: numbers that are equal wherever the same sums are made in the same order. */
export interface TakenSteps {
  readonly metrics: readonly Readonly<Record<string, number>>[];
  readonly samples: readonly (readonly string[])[];
  /** Of the trained weights, hexadecimal. */
  readonly sha256: string;
}

const prompts = ["My fellow citizens", "We have", "The people of the United States", "Our friends"];

/** Of a run: its folder, whether it goes on, and the step after which it is stopped. */
interface Run {
  readonly out?: string;
  readonly resume?: boolean;
  readonly stopAfter?: number;
}

/** Three steps of PPO with a reward for short answers, or those of them that `run` leaves. The policy is disposed of. */
export async function takenSteps(policy: CausalPolicy, { stopAfter, ...run }: Run = {}): Promise<TakenSteps> {
  const rewardModel = async ({ responses }: { readonly responses: readonly string[] }) =>
    Float32Array.from(responses, (text) => -text.length / 10);
  const trainer = await PPOTrainer.create({ policy, rewardModel, batchSize: 4, maxNewTokens: 8, epochs: 2, seed: 7, learningRate: 1e-4 });
  const metrics: Record<string, number>[] = [];
  const samples: string[][] = [];
  const stopping = new AbortController();
  try {
    for await (const step of trainer.steps(prompts, { steps: 3, signal: stopping.signal, ...run })) {
      // Times differ from run to run.
      metrics.push(Object.fromEntries(Object.entries(step.metrics).filter(([name]) => !/^(time\/|tokens_per_second$)/.test(name))));
      samples.push(step.samples.map(({ response }) => response));
      if (step.step === stopAfter) stopping.abort();
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  const bytes: Uint8Array<ArrayBuffer>[] = [];
  for (const { value } of policy.parameters.values()) bytes.push(new Uint8Array((await value.data()).slice().buffer as ArrayBuffer));
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(bytes).arrayBuffer());
  trainer.dispose();
  policy.dispose();
  return { metrics, samples, sha256: Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("") };
}
