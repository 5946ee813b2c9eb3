export { DistributedRewardModel, type DistributedRewardOptions } from "./distributed-reward-model.ts";
export { DistributedRollouts, type DistributedRolloutsOptions } from "./distributed-rollouts.ts";
export { DistributedError } from "./error.ts";
export { jobPayload } from "./job-payload.ts";
export { listWorkers, type WorkerPresence, type WorkerRole } from "./presence.ts";
export { type RecordedRolloutsOptions, recordedRollouts } from "./recorded-rollouts.ts";
export { type RolloutWorkerOptions, startRolloutWorker } from "./rollout-worker.ts";
export { type ScoreWorkerOptions, startScoreWorker } from "./score-worker.ts";
export { slicedGenerator } from "./sliced-generator.ts";
