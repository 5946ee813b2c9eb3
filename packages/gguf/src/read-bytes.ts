import { bytesReader, type OpenFile } from "@cai/whole-file";
import { GgufError } from "./error.ts";

/** A file open for reading, and its length when it was opened. */
export interface SizedFile extends OpenFile {
  readonly length: number;
}

/** Throws GgufError `cannot-read` or `bad-file`. */
export const readBytes = bytesReader(GgufError);
