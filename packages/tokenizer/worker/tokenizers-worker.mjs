// Runs the Rust library `tokenizers` in a thread of its own: its calls answer by promises, and those of this package answer at once, so the
// main thread sleeps until this one has answered.
import { workerData } from "node:worker_threads";
import { answerTo, free } from "./tokenizers-operations.mjs";

const { port, answers } = workerData;

port.on("message", async (request) => {
  if (request.operation === "free") return free(request.handle);
  port.postMessage(await answerTo(request));
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
