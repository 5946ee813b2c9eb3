import { HubError } from "./error.ts";

/** A listing of ten thousand files, a page, takes 3 MB. */
const mostBytes = 64e6;

/**
 * The same `fetch`, whose answers end with an error where they go on beyond `maxBytes`, behind any content encoding: for what is taken into
 * memory whole. The error is HubError `hub-failed`.
 */
export function boundedFetch(fetch: typeof globalThis.fetch, maxBytes = mostBytes): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    let received = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, stream) {
        received += chunk.length;
        if (received > maxBytes)
          throw new HubError(
            "hub-failed",
            `${new URL(response.url || "unknown:").host} answered more than ${maxBytes} bytes: is it a hub?`,
          );
        stream.enqueue(chunk);
      },
    });
    const { status, statusText, headers, url } = response;
    const bounded = new Response(response.body.pipeThrough(counted), { status, statusText, headers });
    Object.defineProperty(bounded, "url", { value: url }); // messages of the library name it
    return bounded;
  };
}
