export { ServeError } from "./error.ts";
export { openPolicyServer, type PolicyServer, type PolicyServerOptions } from "./open-policy-server.ts";
export type { ServedPolicy } from "./served-policy.ts";
