import { bodyPieces } from "./body-pieces.ts";

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
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of bodyPieces(body, signal)) {
    text += decoder.decode(piece.subarray(0, maxBytes - bytes), { stream: true });
    bytes += piece.length;
    if (bytes > maxBytes) return { text, isWhole: false };
  }
  return { text: text + decoder.decode(), isWhole: true };
}
