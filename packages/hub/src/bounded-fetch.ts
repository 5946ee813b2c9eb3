import { HubError } from "./error.ts";

/** A listing of ten thousand files, a page, takes 3 MB. */
const mostBytes = 64e6;

/** The same `fetch`, whose answers are `boundedAnswer`s: for what is taken into memory whole. */
export function boundedFetch(fetch: typeof globalThis.fetch, maxBytes = mostBytes): typeof globalThis.fetch {
  return async (input, init) => boundedAnswer(await fetch(input, init), maxBytes);
}

/**
 * The same answer, which ends with an error where it goes on beyond `maxBytes`, behind any content encoding: HubError `hub-failed`.
 */
export function boundedAnswer(response: Response, maxBytes = mostBytes): Response {
  if (response.body === null) return response;
  const { status, statusText, headers, url } = response;
  let received = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, stream) {
      received += chunk.length;
      if (received > maxBytes)
        throw new HubError("hub-failed", `${new URL(url || "unknown:").host} answered more than ${maxBytes} bytes: is it a hub?`);
      stream.enqueue(chunk);
    },
  });
  const bounded = new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  Object.defineProperty(bounded, "url", { value: url }); // messages of the library name it
  return bounded;
}
