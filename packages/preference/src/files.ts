import { wholeFiles } from "@cai/whole-file";
import { PreferenceError } from "./error.ts";

/** What this package writes with. Throws PreferenceError `cannot-write`. */
export const files = wholeFiles((message, options) => new PreferenceError("cannot-write", message, options));
