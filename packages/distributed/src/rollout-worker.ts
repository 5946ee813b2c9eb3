import { countValid, type Generator } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { engineIdentity, rolloutQueue } from "./engine-identity.ts";
import { jobPayload } from "./job-payload.ts";
import { JobWorker, type WorkerOptions } from "./job-worker.ts";
import { newestKey } from "./names.ts";
import { type WeightsOptions, weightStoreOf } from "./open-weight-store.ts";
import { WorkerWeights } from "./worker-weights.ts";

type Drawing = Generator & { dispose?(): unknown };

export interface RolloutWorkerOptions extends WorkerOptions, WeightsOptions {
  /** The learner's policy as it was loaded. Jobs put its trained weights, or an adapter, in place. The caller disposes of it after `stop`. */
  readonly policy: CausalPolicy;
  /** As the learner's. Default `policy`. */
  readonly engine?: string;
  /** What draws with a policy; asked for where the policy is another than before, and disposed of then. Default: the policy itself. */
  readonly generatorOf?: (policy: CausalPolicy) => Drawing | Promise<Drawing>;
}

/**
 * Draws responses for learners with the same policy, tokenizer and engine, until `stop`.
 *
 * @throws DistributedError `no-redis`, `bad-option`; EndpointError `bad-option` for a `weightsAddress` that is none.
 *
 * @example
 * const worker = await startRolloutWorker({ redis: "redis://127.0.0.1:6379", policy: await loadPolicy("./smollm2") });
 * process.once("SIGTERM", () => worker.stop());
 */
export async function startRolloutWorker(options: RolloutWorkerOptions): Promise<{ stop(): Promise<void> }> {
  const {
    policy,
    engine: name = "policy",
    generatorOf = (own) => own,
    weightsFolder,
    weightsAddress,
    weightsToken,
    coding,
    ...rest
  } = options;
  const engine = engineIdentity(policy, name);
  const storeOf = weightStoreOf({ weightsFolder, weightsAddress, weightsToken });
  let weights: WorkerWeights | undefined;
  let drawing: { readonly policy: CausalPolicy; readonly generator: Drawing } | undefined;
  const letGo = async () => {
    if (drawing !== undefined && drawing.generator !== drawing.policy) await drawing.generator.dispose?.();
  };
  const worker = await JobWorker.start({
    ...rest,
    role: "rollout",
    queue: rolloutQueue(engine),
    engine,
    async answer(payload, run, connection) {
      const job = jobPayload.readRolloutJob(payload);
      weights ??= new WorkerWeights(policy, storeOf(connection), coding);
      const { policy: own, version } =
        job.weights === null
          ? await weights.loadNewest(run, () => connection.get(newestKey(run)))
          : { policy: await weights.load(run, job.weights), version: job.weights };
      if (drawing?.policy !== own) {
        await letGo();
        drawing = { policy: own, generator: await generatorOf(own) };
      }
      const generation = await drawing.generator.generate(job.prompts, job.sampling);
      return {
        payload: jobPayload.writeDrawnSlice({ generation, weights: version }),
        tokens: countValid(generation.responses.mask),
        loadSeconds: weights.loadSeconds,
      };
    },
  });
  return {
    async stop() {
      await worker.stop();
      await letGo();
      weights?.dispose();
    },
  };
}
