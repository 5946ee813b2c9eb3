import type { SamplingOptions } from "@cai/contracts";
import { uniforms } from "@cai/random";

/** For each row the uniform numbers of all its tokens: element t has the counters [step, sample, t]. */
export function rowUniforms({ draws, maxNewTokens }: Pick<SamplingOptions, "draws" | "maxNewTokens">, rows: number): Float64Array[] {
  const { seed, stream, step, firstSample = 0 } = draws;
  return Array.from({ length: rows }, (_, row) => uniforms({ seed, stream, counters: [step, firstSample + row], count: maxNewTokens }));
}
