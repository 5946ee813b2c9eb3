export { createPolicy } from "./create-policy.ts";
export { PolicyError } from "./error.ts";
export { loadPolicy } from "./load-policy.ts";
export { CausalPolicy } from "./policy.ts";
export { randomPolicy } from "./random-policy.ts";
