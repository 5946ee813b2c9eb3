import { expect, test } from "vitest";
import { readText } from "./read-text.ts";

/** A body of these pieces, and how many of them were asked for. */
function bodyOf(pieces: Iterable<Uint8Array>) {
  const rest = pieces[Symbol.iterator]();
  const seen = { pieces: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = rest.next();
        if (done) return controller.close();
        seen.pieces += 1;
        controller.enqueue(value);
      },
      cancel() {
        seen.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

test("the pieces are one text, also where they part a letter", async () => {
  const bytes = new TextEncoder().encode("aé€");
  const { body } = bodyOf([bytes.subarray(0, 2), bytes.subarray(2, 4), bytes.subarray(4)]);
  expect(await readText(body, { maxBytes: 6 })).toEqual({ text: "aé€", isWhole: true });
  expect(await readText(null, { maxBytes: 6 })).toEqual({ text: "", isWhole: true });
});

test("a body without end is read up to the limit, and cancelled", async () => {
  function* endless() {
    for (;;) yield Buffer.from("abc");
  }
  const { body, seen } = bodyOf(endless());
  expect(await readText(body, { maxBytes: 7 })).toEqual({ text: "abcabca", isWhole: false });
  expect(seen).toEqual({ pieces: 3, isCancelled: true });
});

test("an abort ends a body that stands still, with its reason", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  const abort = new AbortController();
  const text = readText(body, { maxBytes: 7, signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(text).rejects.toThrow("stopped");
});
