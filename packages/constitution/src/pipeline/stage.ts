import type { Json } from "@cai/training";

/** What a finished stage left for those after it. */
export interface StageProduct {
  /** SHA-256 of each file by its path below the stage's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** What is to be said of it, in figures. */
  readonly summary: { readonly [name: string]: Json };
}

/** Products by the names of their stages. */
export type StageProducts = ReadonlyMap<string, StageProduct>;

/** What a stage is told while it runs. */
export interface StageContext {
  /** Its own folder, which is there. */
  readonly directory: string;
  /** It was begun before with the same inputs, and was stopped: what is in the folder is to be gone on with. */
  readonly resume: boolean;
  /** Trainers go on with what changed since, the backend say, and tell so. */
  readonly allowChanges: boolean;
  readonly products: StageProducts;
  readonly signal: AbortSignal | undefined;
  /** How much of it is done, from 0 to 1. */
  progress(share: number): void;
  /** A line that a person should read. */
  notice(line: string): void;
}

/** A stage of a pipeline: it makes files out of settings and of what stages before it made. */
export interface PipelineStage {
  /** Also the name of its folder. */
  readonly name: string;
  /** About how much work it is, in a unit that all stages of the pipeline share: tells the time left. */
  readonly work: number;
  /** Everything that its product depends on beside the code: settings, hashes of files that it reads, hashes of products. */
  inputs(products: StageProducts): Json;
  /**
   * Makes the product; stopped at any moment and run again with `resume`, it makes the same bytes. Rejects with the signal's reason.
   *
   * @returns the product's paths below the folder, files or folders, and its figures.
   */
  run(context: StageContext): Promise<{ readonly paths: readonly string[]; readonly summary: StageProduct["summary"] }>;
}
