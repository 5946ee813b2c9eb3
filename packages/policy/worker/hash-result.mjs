// @ts-check
import { workerData } from "node:worker_threads";

/**
 * Runs a thread of `HashThread` (src/load/hash-thread.ts): leaves what `digest` gives, or what was wrong, in the memory that it shares with whoever
 * waits for it.
 *
 * @param {() => string} digest
 */
export function leaveResult(digest) {
  const { shared, states } = workerData;
  const state = new Int32Array(shared, 0, 2);
  const result = new Uint8Array(shared, state.byteLength);
  const setState = (/** @type {number} */ next) => {
    Atomics.store(state, 0, next);
    Atomics.notify(state, 0);
  };
  const leave = (/** @type {number} */ ended, /** @type {string} */ text) => {
    state[1] = new TextEncoder().encodeInto(text, result).written;
    setState(ended);
  };
  setState(states.started);
  try {
    leave(states.done, digest());
  } catch (error) {
    leave(states.failed, error instanceof Error ? error.message : String(error));
  }
}
