import { wholeFiles } from "@cai/whole-file";
import { SafetensorsError } from "./error.ts";

/** What this package writes with. Throws SafetensorsError `cannot-write`. */
export const files = wholeFiles((message, options) => new SafetensorsError("cannot-write", message, options));
