export { abortTogether } from "./abort-together.ts";
export { type ByteEndpoint, byteEndpoint } from "./byte-endpoint.ts";
export { type ConcurrencyLimit, concurrencyLimit } from "./concurrency-limit.ts";
export { EndpointError } from "./error.ts";
export { type JsonEndpoint, jsonEndpoint } from "./json-endpoint.ts";
export { longestTimer } from "./longest-timer.ts";
export type { EndpointOptions } from "./open-endpoint.ts";
export { untilAborted } from "./until-aborted.ts";
export { lacksSecrets, withoutSecrets } from "./without-secrets.ts";
