import { bytesReader } from "@cai/whole-file";
import { SafetensorsError } from "./error.ts";

/** Throws SafetensorsError `cannot-read` or `bad-file`. */
export const readBytes = bytesReader(SafetensorsError);
