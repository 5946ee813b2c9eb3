import type { Redis } from "ioredis";
import { DistributedError } from "./error.ts";
import { FolderWeightStore } from "./folder-weight-store.ts";
import { HttpWeightStore } from "./http-weight-store.ts";
import { RedisWeightStore } from "./redis-weight-store.ts";
import type { WeightCoding } from "./weight-coding.ts";
import type { WeightStore } from "./weight-store.ts";

/** How weights come from a learner to its workers: both are told the same. */
export interface WeightsOptions {
  /** A folder that learner and workers share, for the weights. */
  readonly weightsFolder?: string | undefined;
  /** An address below which weights are put and asked for, in place of a folder. With neither they go through Redis. */
  readonly weightsAddress?: string | undefined;
  /** Goes to that address as a bearer token. */
  readonly weightsToken?: string | undefined;
  /** For engines that need less than float32 of a weight. Default: all go as float32. */
  readonly coding?: WeightCoding | undefined;
}

/**
 * What makes the store, once there is a connection.
 *
 * @throws DistributedError `bad-option` where a folder and an address are given; EndpointError `bad-option` for what is no address.
 */
export function weightStoreOf({ weightsFolder, weightsAddress, weightsToken }: WeightsOptions): (redis: Redis) => WeightStore {
  if (weightsFolder !== undefined && weightsAddress !== undefined)
    throw new DistributedError("bad-option", "weightsFolder and weightsAddress are both given: weights go one way, give one of them");
  if (weightsFolder === undefined && weightsAddress === undefined) return (redis) => new RedisWeightStore(redis);
  const store =
    weightsFolder === undefined ? new HttpWeightStore({ url: weightsAddress!, token: weightsToken }) : new FolderWeightStore(weightsFolder);
  return () => store;
}
