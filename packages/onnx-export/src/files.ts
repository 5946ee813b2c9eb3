import { wholeFiles } from "@cai/whole-file";
import { OnnxExportError } from "./error.ts";

/** What this package writes with. Throws OnnxExportError `cannot-write`. */
export const files = wholeFiles((message, options) => new OnnxExportError("cannot-write", message, options));
