import { untilAborted } from "./until-aborted.ts";

/**
 * The bytes of a body as they come, behind its content encoding. Who stops asking for more fetches no more.
 *
 * @throws what reading throws; the signal's reason when it is aborted
 */
export async function* bodyPieces(
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {}); // a body that has failed can't be cancelled, and need not be
  }
}
