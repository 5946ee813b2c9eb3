import type { Dtype } from "./dtype.ts";
import { SafetensorsError } from "./error.ts";

/** Why a tensor's elements can't be read as float32. */
export function refuseDtype(path: string, name: string, dtype: Dtype): SafetensorsError {
  return new SafetensorsError(
    "wrong-dtype",
    `${path}: tensor "${name}" is ${dtype}, expected F32, F16, BF16 or F64: use read() for the stored elements`,
  );
}
