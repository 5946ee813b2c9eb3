// Stands between the main thread, which sleeps until it has an answer, and tokenizers in processes of their own: one that takes too long is
// killed, and one that ends by itself (the library panics where a regular expression gives up) ends nobody else. The next call starts it anew.
import { fork } from "node:child_process";
import { workerData } from "node:worker_threads";

const { port, answers, limitMs, startLimitMs } = workerData;
/** By handle: what it is loaded from, and its process where one runs. */
const tokenizers = new Map();

/** Resolves with the next message of a process, or with why there is none. */
function nextMessage(child, limit) {
  return new Promise((resolve) => {
    const settle = (answer) => {
      clearTimeout(timer);
      child.off("message", settle).off("exit", onExit).off("error", onError);
      resolve(answer);
    };
    const onExit = (code, signal) => settle({ stopped: `its process has ended (${signal ?? code})` });
    const onError = (error) => settle({ stopped: error.message });
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      settle({ stopped: `it takes more than ${limit / 1000} seconds` });
    }, limit);
    child.on("message", settle).on("exit", onExit).on("error", onError);
  });
}

async function ask(child, request, limit) {
  const answer = nextMessage(child, limit);
  child.send(request, () => {}); // one that has ended says so by its end
  return answer;
}

async function running(tokenizer, handle) {
  if (tokenizer.child?.connected) return {};
  const script = new URL("./tokenizers-process.mjs", import.meta.url);
  const child = fork(script, { serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [] });
  tokenizer.child = child;
  const started = await nextMessage(child, startLimitMs);
  if (started.stopped !== undefined) return started;
  return ask(child, { operation: "load", handle, json: tokenizer.json }, startLimitMs);
}

async function answerTo(request) {
  const { operation, handle } = request;
  if (operation === "load") tokenizers.set(handle, { json: request.json });
  const tokenizer = tokenizers.get(handle);
  const begun = await running(tokenizer, handle);
  const isReady = begun.stopped === undefined && begun.failure === undefined && begun.unavailable === undefined;
  const answer = operation === "load" || !isReady ? begun : await ask(tokenizer.child, request, limitMs);
  if (answer.stopped !== undefined) {
    tokenizer.child.kill("SIGKILL");
    tokenizer.child = undefined;
  }
  return answer;
}

let previous = Promise.resolve();
port.on("message", (request) => {
  previous = previous.then(async () => {
    if (request.operation === "free") {
      tokenizers.get(request.handle)?.child?.kill("SIGKILL");
      tokenizers.delete(request.handle);
      return;
    }
    // The main thread must get an answer, whatever happens: no process can be started, say.
    port.postMessage(await answerTo(request).catch((error) => ({ stopped: `no process could be had for it (${error.message})` })));
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
});
