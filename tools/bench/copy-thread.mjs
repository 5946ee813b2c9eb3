// @ts-check
// A thread of machine.mjs: copies its block at each message, and says when it is ready and when it is done.
import { parentPort, workerData } from "node:worker_threads";

const source = new Float64Array(workerData / 8).fill(1);
const target = new Float64Array(workerData / 8).fill(2);
parentPort?.on("message", () => {
  target.set(source);
  parentPort?.postMessage("done");
});
parentPort?.postMessage("ready");
