/** A set of instructions that our kernels are compiled for; `baseline` is what every processor of an architecture has. */
export type KernelLevel = "amx" | "avx512" | "avx2" | "baseline";

interface NativeOptions {
  /** The CUDA build for `@tensorflow/tfjs-node-gpu` instead of the CPU's. Default false. */
  gpu?: boolean;
  /** What clones and projects of a user share. Default: `cacheDirectory()`. */
  cache?: string;
  /** Levels of our kernels: the best that works on this processor (the default), all that it has, or one by name, also for another processor. */
  kernels?: KernelLevel | "best" | "all";
  /** Told what is being done, in a few words. */
  progress?: (text: string) => void;
}

export interface NativeInstallation {
  /** TensorFlow's version. */
  version: string;
  package: string;
  /** What was done, as in `["downloaded", "compiled", "kernels avx2", "linked"]`; and where kernels could not be compiled or don't run, why. */
  done: string[];
}

/** A step that failed: `message` says what, `fix` what to do about it. */
export declare class NativeInstallError extends Error {
  constructor(message: string, fix: string, options?: ErrorOptions);
  readonly fix: string;
}

/** The folder that all clones and projects of one user share: `$XDG_CACHE_HOME/cai`, `~/.cache/cai`, or the platform's own. */
export declare function cacheDirectory(): string;

/**
 * The `@tensorflow/tfjs-node` (with `gpu` its CUDA twin) that may be loaded, the first first: the one that this package resolves, and the
 * one that `installNative` put into the cache. One that stands on another copy of TensorFlow.js than this package is none of them.
 */
export declare function findTfjsPackages(options: { gpu: boolean; cache?: string }): { directory: string; version: string }[];

/**
 * Whether native TensorFlow stands verified in tfjs-node's folder, with these kernels unless they were tried in vain. A few file reads; nothing
 * is loaded.
 *
 * @throws NativeInstallError on a platform without native TensorFlow
 */
export declare function isNativeInstalled(options?: Omit<NativeOptions, "progress">): Promise<boolean>;

/** Whether tfjs-node loads and computes as it stands, however it was installed. Tried in a process of its own. */
export declare function nativeLoads(options?: Pick<NativeOptions, "gpu" | "cache">): Promise<boolean>;

/**
 * The half that needs no npm package: downloads TensorFlow's wheel with pip, checks and unpacks it into the cache.
 *
 * @throws NativeInstallError
 */
export declare function fetchNative(options?: Omit<NativeOptions, "kernels">): Promise<{ done: string[] }>;

/**
 * Brings native TensorFlow to the `@tensorflow/tfjs-node` that this package resolves or, where there is none, to one that npm installs into
 * the cache for this package alone: fetches it, compiles the binding and our own kernels, links all into the package and computes with it
 * once. Nothing is written to the working directory. Kernels that don't compile or run are left out, and called again it tries them again.
 * Safe to call again, and from several processes at a time.
 *
 * @example
 * import { installNative } from "@cai/backend/native";
 * const { version } = await installNative({ progress: console.error });
 *
 * @throws NativeInstallError
 */
export declare function installNative(options?: NativeOptions): Promise<NativeInstallation>;
