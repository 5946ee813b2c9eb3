/** A model's file within a wheel on PyPI. */
export interface PackagedModel {
  /** The file's name in the cache. */
  readonly name: string;
  /** Its name in the wheel. */
  readonly member: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly wheel: {
    readonly name: string;
    readonly requirement: string;
    readonly platform: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly gpu: boolean;
  };
}

/** Runs a program to its end. */
export type Execute = (
  command: string,
  args: readonly string[],
  options?: { readonly env?: NodeJS.ProcessEnv },
) => Promise<{ readonly ok: boolean; readonly missing: boolean; readonly stdout: string; readonly stderr: string }>;

/**
 * The path of SmolLM2-135M-Instruct's file, fetched by pip where it is not in the cache in full. Rejects with a message and, in `fix`,
 * what to do about it.
 */
export declare function getSmollm2(options?: {
  readonly cache?: string;
  readonly progress?: (text: string) => void;
  readonly execute?: Execute;
  /** Milliseconds before each further attempt. */
  readonly waits?: readonly number[];
  readonly model?: PackagedModel;
}): Promise<string>;
