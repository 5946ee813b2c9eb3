import { wholeFiles } from "@cai/whole-file";
import { RunLogError } from "./error.ts";

/** What this package writes with. Throws RunLogError `cannot-write`. */
export const files = wholeFiles((message, options) => new RunLogError("cannot-write", message, options));
