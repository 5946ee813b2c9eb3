/**
 * A model's weights, to whoever computes with a copy of them: an engine that writes responses, a worker, an export. What an adapter makes of a
 * weight is in its numbers.
 */
export interface WeightSource {
  /** Of all weights, in an order that stays. */
  readonly names: readonly string[];
  shape(name: string): readonly number[];
  /** Text that is another one whenever `read` may give other numbers than before: a copy is as new as this. */
  version(name: string): string;
  /** The numbers of the moment, float32, row-major. They may be the model's own: whoever keeps or changes them takes a copy. */
  read(name: string): Promise<Float32Array>;
}
