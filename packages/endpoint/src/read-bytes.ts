import { untilAborted } from "./until-aborted.ts";

/**
 * A body's bytes, behind its content encoding; undefined where they are more than `maxBytes`, what follows of which is not fetched.
 *
 * @throws what reading throws; the signal's reason when it is aborted
 */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) break;
      bytes += value.length;
      if (bytes > maxBytes) return undefined;
      pieces.push(value);
    }
  } finally {
    reader.cancel().catch(() => {}); // a body that has failed can't be cancelled, and need not be
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
