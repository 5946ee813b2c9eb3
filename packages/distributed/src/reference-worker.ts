import { validOnly } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { engineIdentity, referenceQueue } from "./engine-identity.ts";
import { JobWorker, type WorkerOptions } from "./job-worker.ts";
import { referencePayload } from "./reference-payload.ts";

export interface ReferenceWorkerOptions extends WorkerOptions {
  /**
   * The learner's policy as it was loaded, which the caller disposes of after `stop`. It is frozen as it is now: a rollout worker may put trained
   * weights in its place, and then the frozen ones take memory of their own.
   */
  readonly policy: CausalPolicy;
  /** As the learner's. Default `policy`. */
  readonly engine?: string;
}

/**
 * Computes what the reference of learners with the same policy says, until `stop`: of a policy with an adapter, its base without it.
 *
 * @throws DistributedError `no-redis`, `bad-option`
 *
 * @example
 * const worker = await startReferenceWorker({ redis: "redis://127.0.0.1:6379", policy: await loadPolicy("./smollm2") });
 * process.once("SIGTERM", () => worker.stop());
 */
export async function startReferenceWorker(options: ReferenceWorkerOptions): Promise<{ stop(): Promise<void> }> {
  const { policy, engine: name = "policy", ...rest } = options;
  const engine = engineIdentity(policy, name);
  const reference = policy.createReference();
  try {
    const worker = await JobWorker.start({
      ...rest,
      role: "reference",
      queue: referenceQueue(engine),
      engine,
      async answer(payload) {
        const { batch, temperature } = referencePayload.readReferenceJob(payload);
        const logprobs = reference.logprobs(batch, { temperature });
        try {
          return { payload: referencePayload.writeLogprobs(validOnly(await logprobs.data<"float32">(), batch.responses.mask)) };
        } finally {
          logprobs.dispose();
        }
      },
    });
    return {
      async stop() {
        await worker.stop();
        reference.dispose();
      },
    };
  } catch (error) {
    reference.dispose();
    throw error;
  }
}
