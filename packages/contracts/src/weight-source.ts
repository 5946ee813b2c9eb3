/**
 * A model's weights for others to read: an engine that draws with them, an export. Where the model has an adapter, they are what it makes of
 * those of its base.
 */
export interface WeightSource {
  /** By name, in a fixed order; tied ones once. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Text that is another one whenever `read` may give other numbers than before: what has kept its version need not be read again. */
  version(name: string): string;
  /** Row-major. It may be memory that others read too: copy it before changing or transferring it. */
  read(name: string): Promise<Float32Array>;
}
