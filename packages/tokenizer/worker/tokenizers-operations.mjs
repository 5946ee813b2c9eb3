// What is asked of the Rust library `tokenizers`, in whichever thread or process. Plain JavaScript, so that it runs the same from the source
// and from the built package.
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

export const free = (handle) => tokenizers.delete(handle);

/** The answer: `value`, or `failure`, the library's reason to refuse, or `unavailable`, why there is no library. */
export async function answerTo({ operation, ...request }) {
  try {
    return library.unavailable === undefined ? { value: await operations[operation](request) } : { unavailable: library.unavailable };
  } catch (error) {
    return { failure: error.message };
  }
}
