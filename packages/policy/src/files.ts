import { wholeFiles } from "@cai/whole-file";
import { PolicyError } from "./error.ts";

/** What this package writes with. Throws PolicyError `cannot-write`. */
export const files = wholeFiles((message, options) => new PolicyError("cannot-write", message, options));
