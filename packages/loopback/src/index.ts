export { LoopbackError } from "./error.ts";
export { type LoopbackOptions, type LoopbackServer, openLoopback } from "./open-loopback.ts";
