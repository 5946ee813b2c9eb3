import { closeSync, mkdtempSync, openSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { PolicyError } from "../error.ts";

/** What `statfs` calls file systems that are memory themselves: tmpfs and ramfs. */
const inMemory: readonly number[] = [0x01021994, 0x858458f6];

/**
 * Weights that rest in a file while nobody reads them, and then take no memory of this process. The file has no name: it goes with the
 * process, whatever ends that. Only native TensorFlow with our kernels can read it, by mapping it.
 */
export class ScratchWeights {
  readonly #descriptor: number;
  /** `[file descriptor, page, shape…]`, as the kernel wants it. */
  readonly #places: ReadonlyMap<string, Int32Array>;
  #isOpen = true;

  private constructor(descriptor: number, places: ReadonlyMap<string, Int32Array>) {
    this.#descriptor = descriptor;
    this.#places = places;
  }

  /**
   * Writes weights away; they stay the caller's. Undefined where nobody could read them, on other backends, and without a folder.
   *
   * @throws PolicyError `cannot-write`; no file stays.
   */
  static write(weights: ReadonlyMap<string, tf.Tensor>, folder: string | undefined = folderOnDisk()): ScratchWeights | undefined {
    const native = nativeOps();
    if (!native?.has("CaiMapTensor") || folder === undefined) return undefined;
    let descriptor: number | undefined;
    try {
      const own = openNameless(folder);
      descriptor = own;
      let page = 0;
      const places = new Map<string, Int32Array>();
      for (const [name, tensor] of weights)
        tf.tidy(() => {
          places.set(name, Int32Array.of(own, page, ...tensor.shape));
          page = native.run("CaiWriteTensor", {}, [tensor, tf.tensor1d([own, page], "int32")]).dataSync<"int32">()[0]!;
        });
      return new ScratchWeights(own, places);
    } catch (cause) {
      if (descriptor !== undefined) closeSync(descriptor);
      const { message } = cause as Error;
      throw new PolicyError(
        "cannot-write",
        `the reference's weights can't be put into a temporary file in ${folder}: ${message}; ` +
          "make room there, name another folder by TMPDIR, or hand in policy.createReference(), which stays in memory",
        { cause },
      );
    }
  }

  /** A weight, from the file's own memory; the caller disposes, and is to do so soon. */
  read(name: string): tf.Tensor {
    if (!this.#isOpen) throw new PolicyError("disposed", "this reference was disposed of: make another");
    return tf.tidy(() => nativeOps()!.run("CaiMapTensor", {}, [tf.tensor1d(this.#places.get(name)!, "int32")]));
  }

  /** Gives the file back. */
  dispose(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/** A folder for temporary files that is not in memory itself, where writing would free none; undefined if there is none. */
export function folderOnDisk(folders: readonly string[] = [tmpdir(), "/var/tmp"]): string | undefined {
  return folders.find(isOnDisk);
}

function isOnDisk(folder: string): boolean {
  try {
    return !inMemory.includes(statfsSync(folder).type);
  } catch {
    return false; // there is no such folder
  }
}

/** A file that nobody else can open, and that is gone once it is closed. */
function openNameless(folder: string): number {
  const own = mkdtempSync(join(folder, "cai-reference-"));
  try {
    return openSync(join(own, "weights"), "wx+", 0o600);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
