import { untilAborted } from "./until-aborted.ts";

/**
 * The text of a body, UTF-8, as it comes: no more than `maxBytes` of it is ever in memory, however long it is, or however far it inflates (the
 * bytes are those behind the content encoding). What follows is not fetched.
 *
 * @throws what reading throws; the signal's reason when it is aborted
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal },
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  if (body === null) return { text: "", isWhole: true };
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return { text: text + decoder.decode(), isWhole: true };
      text += decoder.decode(value.subarray(0, maxBytes - bytes), { stream: true });
      bytes += value.length;
      if (bytes > maxBytes) return { text, isWhole: false };
    }
  } finally {
    reader.cancel().catch(() => {}); // a body that has failed can't be cancelled, and need not be
  }
}
