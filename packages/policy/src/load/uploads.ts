import { type NativeOps, nativeOps, ownCopy } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";

/** A longer array, in numbers, goes when a weight needs less than half of it. */
const longestToStay = 2 ** 22;

/**
 * Weights on their way to the backend that is in use, one after another. On native TensorFlow their numbers pass through one array, of
 * which it makes copies of its own; elsewhere a tensor keeps the array that it is made of.
 *
 * @example
 * const uploads = new Uploads();
 * const tensor = uploads.upload(uploads.room(2).fill(0.5), [2, 1]);
 * uploads.end();
 */
export class Uploads {
  readonly #native = nativeOps();
  #array: Float32Array<ArrayBuffer> | undefined;

  /** An array for the next weight's numbers, in place of the last one; it holds anything. */
  room(length: number): Float32Array<ArrayBuffer> {
    if (this.#native === undefined) return new Float32Array(length);
    const longest = this.#array?.length ?? -1;
    if (length > longest || (longest > longestToStay && 2 * length < longest)) {
      this.end();
      this.#array = arrayForNative(this.#native, length);
    }
    return this.#array!.subarray(0, length);
  }

  /** A tensor of the numbers that were put into `room`. */
  upload(values: Float32Array, shape: readonly number[]): tf.Tensor {
    const tensor = tf.tensor(values, [...shape], "float32");
    if (this.#native === undefined) return tensor;
    const own = ownCopy(tensor);
    tf.dispose(tensor);
    return own;
  }

  /**
   * Frees the array's memory now; left to the garbage collector, it would stay for long. Transferring a buffer takes it from this thread, and
   * since the port is closed, nobody gets it.
   */
  end(): void {
    if (this.#array === undefined) return;
    const { port1 } = new MessageChannel();
    port1.close();
    port1.postMessage(undefined, [this.#array.buffer]);
    this.#array = undefined;
  }
}

/**
 * An array whose memory TensorFlow uses as it is. It copies arrays that do not begin at a multiple of 64 bytes: of 16 beginnings, each four
 * bytes behind the one before, one does.
 */
function arrayForNative(native: NativeOps, length: number): Float32Array<ArrayBuffer> {
  const places = 16;
  const memory = new ArrayBuffer(4 * (length + places));
  for (let place = 0; place < places; place++)
    if (isInPlace(native, new Float32Array(memory, 4 * place, 1))) return new Float32Array(memory, 4 * place, length);
  return new Float32Array(memory, 0, length);
}

/** Whether a tensor of the array sees it change. */
function isInPlace(native: NativeOps, array: Float32Array): boolean {
  return tf.tidy(() => {
    const tensor = tf.tensor1d(array.fill(0));
    native.run("Shape", { T: { type: "float32" }, out_type: { type: "int32" } }, [tensor]); // an op, so that the array is handed over
    array.fill(1);
    return tf.slice(tensor, 0, 1).dataSync()[0] === 1;
  });
}
