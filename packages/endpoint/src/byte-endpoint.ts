import { EndpointError } from "./error.ts";
import { type EndpointOptions, openEndpoint } from "./open-endpoint.ts";
import { readBytes } from "./read-bytes.ts";

/** Of an answer that says nothing. */
const mostIdleBytes = 4096;

/** Bytes below an address, by their paths: any server of files that takes PUT and DELETE, and many stores of objects. */
export interface ByteEndpoint {
  /** Origin and path, as messages name it: no credentials, no query. */
  readonly name: string;
  /**
   * @returns undefined where the answer is 404
   * @throws EndpointError `endpoint-failed`, `bad-answer`; the signal's reason when it is aborted
   */
  get(path: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** @throws EndpointError `endpoint-failed`; the signal's reason when it is aborted */
  put(path: string, bytes: Uint8Array<ArrayBuffer>, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * What is not there (404) is as good as removed.
   *
   * @throws EndpointError `endpoint-failed`; the signal's reason when it is aborted
   */
  delete(path: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/**
 * Reads and writes bytes as patiently as `jsonEndpoint` asks. An answer to `get` that is longer than `maxAnswerBytes` is refused, and no more of it
 * is read.
 *
 * @param options.kind what messages call it. Default "endpoint".
 * @throws EndpointError `bad-option` for an address, header or number that can't be used
 * @example
 * const endpoint = byteEndpoint({ url: "http://localhost:9000/weights", headers: { authorization: "Bearer s3cret" } });
 * endpoint.name; // "http://localhost:9000/weights"
 */
export function byteEndpoint(options: EndpointOptions & { readonly kind?: string }): ByteEndpoint {
  const { name: base, ask } = openEndpoint(options);
  return {
    name: base,
    get: (path, { signal } = {}) =>
      ask({
        method: "GET",
        path,
        answers: [404],
        signal,
        async take(response, { name, maxBytes, signal: ends }) {
          if (response.status === 404) return ended(response, ends);
          const bytes = await readBytes(response.body, { maxBytes, signal: ends });
          if (bytes === undefined) throw new EndpointError("bad-answer", `${name} answered more than ${maxBytes} bytes`);
          return bytes;
        },
      }),
    put: (path, body, { signal } = {}) =>
      ask({ method: "PUT", path, headers: { "content-type": "application/octet-stream" }, body, signal, take: endedBy }),
    delete: (path, { signal } = {}) => ask({ method: "DELETE", path, answers: [404], signal, take: endedBy }),
  };
}

/** Reads an answer that says nothing to its end, so that the next request has its connection. */
async function ended(response: Response, signal: AbortSignal): Promise<undefined> {
  await readBytes(response.body, { maxBytes: mostIdleBytes, signal });
}

const endedBy = (response: Response, { signal }: { readonly signal: AbortSignal }) => ended(response, signal);
