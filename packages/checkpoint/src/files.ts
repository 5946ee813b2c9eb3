import { wholeFiles } from "@cai/whole-file";
import { CheckpointError } from "./error.ts";

/** What this package writes with. Throws CheckpointError `cannot-write`. */
export const files = wholeFiles((message, options) => new CheckpointError("cannot-write", message, options));
