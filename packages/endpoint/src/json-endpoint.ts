import { EndpointError } from "./error.ts";
import { type EndpointOptions, openEndpoint } from "./open-endpoint.ts";
import { readText } from "./read-text.ts";
import { shownText } from "./try-request.ts";

/** An address that takes JSON and answers JSON. */
export interface JsonEndpoint {
  /** Origin and path, as messages name it: no credentials, no query. */
  readonly name: string;
  /**
   * @param body anything that JSON can say
   * @param options.path added to the address's own: `"/chat/completions"`
   * @returns the answer's JSON, unchecked
   * @throws EndpointError `endpoint-failed`, `bad-answer`; the signal's reason when it is aborted
   */
  post(body: unknown, options?: { readonly path?: string; readonly signal?: AbortSignal }): Promise<unknown>;
}

/**
 * Asks an endpoint patiently: each attempt has its time, and failures that may pass are tried again. An answer that is no JSON is an error at once;
 * so is any 4xx but 429, and a redirect to another origin, where headers and body must not go. No message holds a header's value or a query.
 *
 * @param options.kind what messages call it. Default "JSON endpoint".
 * @param options.gives what messages miss where it fails. Default "answer".
 * @throws EndpointError `bad-option` for an address, header or number that can't be used
 * @example
 * const endpoint = jsonEndpoint({ url: "http://localhost:8000/v1", timeoutMs: 10_000 });
 * endpoint.name; // "http://localhost:8000/v1"
 */
export function jsonEndpoint({
  kind = "JSON endpoint",
  ...options
}: EndpointOptions & { readonly kind?: string; readonly gives?: string }): JsonEndpoint {
  const { name: base, ask } = openEndpoint({ ...options, kind });
  return {
    name: base,
    post: (body, { path = "", signal } = {}) =>
      ask<unknown>({
        method: "POST",
        path,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
        async take(response, { name, maxBytes, hide, signal: ends }) {
          const { text, isWhole } = await readText(response.body, { maxBytes, signal: ends });
          if (!isWhole) throw new EndpointError("bad-answer", `${name} answered more than ${maxBytes} bytes: ${shownText(text, hide)}`);
          try {
            return JSON.parse(text) as unknown;
          } catch {
            throw new EndpointError("bad-answer", `${name} did not answer JSON: ${shownText(text, hide)}`);
          }
        },
      }),
  };
}
