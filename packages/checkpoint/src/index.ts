export type { TensorSource } from "@cai/safetensors";
export { checkpointName } from "./checkpoint-names.ts";
export { CheckpointError } from "./error.ts";
export { type LatestCheckpoint, latestCheckpoint } from "./latest-checkpoint.ts";
export { type Checkpoint, readCheckpoint } from "./read-checkpoint.ts";
export { type CheckpointContents, writeCheckpoint } from "./write-checkpoint.ts";
