/**
 * How weights go to workers whose engine needs less of them than float32: as what the engine itself would make of them. `int8Coding` of
 * `@cai/rollout-onnx` is one.
 */
export interface WeightCoding {
  /** As manifests name it, `int8` say. Learner and workers must have the same. */
  readonly type: string;
  /** How many bytes a weight takes; undefined for those that go as float32. */
  bytes(name: string): number | undefined;
  /** Undefined where these numbers have to go as float32 after all. */
  write(name: string, numbers: Float32Array): Uint8Array | undefined;
  /** Numbers of which the engine makes what it would have made of those that were written. */
  read(name: string, bytes: Uint8Array): Float32Array;
}
