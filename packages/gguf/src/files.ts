import { wholeFiles } from "@cai/whole-file";
import { GgufError } from "./error.ts";

/** What this package writes with. Throws GgufError `cannot-write`. */
export const files = wholeFiles((message, options) => new GgufError("cannot-write", message, options));
