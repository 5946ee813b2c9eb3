import { type SamplingOptions, type TokenBatch, validRows } from "@cai/contracts";
import { rowUniforms } from "@cai/policy";
import type { DecodeRequest } from "./decode.ts";

/** What the engine is told of prompts and sampling: tokens without their padding, and all numbers that draws are made of. */
export function decodeRequest(
  { ids, mask, shape }: TokenBatch,
  { signal: _, draws, ...options }: SamplingOptions,
  eosTokenIds: readonly number[],
): DecodeRequest {
  return {
    ...options,
    prompts: validRows(ids, mask, shape),
    uniforms: rowUniforms({ ...options, draws }, shape[0]),
    eosTokenIds,
    aborted: new Int32Array(new SharedArrayBuffer(4)),
  };
}
