// Runs the Rust library `tokenizers` in a thread of its own: its calls answer by promises, and those of this package answer at once, so the
// main thread sleeps until this one has answered. Plain JavaScript, so that it runs the same from the source and from the built package.
import { workerData } from "node:worker_threads";

const { port, answers } = workerData;
const tokenizers = new Map();
const library = await import("tokenizers").catch((error) => ({ unavailable: error.message }));

const operations = {
  load({ handle, json }) {
    const tokenizer = library.Tokenizer.fromString(json);
    tokenizer.disablePadding();
    tokenizer.disableTruncation();
    tokenizers.set(handle, tokenizer);
  },
  async encode({ handle, text, addSpecialTokens }) {
    const encoding = await tokenizers.get(handle).encode(text, null, { addSpecialTokens });
    return Int32Array.from(encoding.getIds());
  },
  decode: ({ handle, ids, skipSpecialTokens }) => tokenizers.get(handle).decode(Array.from(ids), skipSpecialTokens),
};

port.on("message", async ({ operation, ...request }) => {
  if (operation === "free") {
    tokenizers.delete(request.handle);
    return;
  }
  let answer;
  try {
    answer = library.unavailable === undefined ? { value: await operations[operation](request) } : { unavailable: library.unavailable };
  } catch (error) {
    answer = { failure: error.message };
  }
  port.postMessage(answer);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
