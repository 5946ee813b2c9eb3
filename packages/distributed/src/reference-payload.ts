import type { SequenceBatch, TokenBatch } from "@cai/contracts";
import { encodeFrame } from "./frame.ts";
import { type Arrays, arrayOf, isNumber, ofKind, refuse, shapeOf, tokensOf } from "./job-payload.ts";

/** Rows that share a pass of the reference. */
export interface ReferenceJob {
  readonly batch: Pick<SequenceBatch, "prompts" | "responses">;
  readonly temperature: number;
}

/**
 * Reference passes and their answers as bytes. Each `read` checks all that it takes, and throws DistributedError `bad-payload` or `too-large`.
 *
 * @example
 * const bytes = referencePayload.writeReferenceJob({ batch, temperature: 1 });
 * console.log(referencePayload.readReferenceJob(bytes).batch.responses.shape.join()); // 1,3
 */
export const referencePayload = {
  writeReferenceJob({ batch: { prompts, responses }, temperature }: ReferenceJob): Buffer {
    const header = { kind: "reference", temperature, prompts: prompts.shape, responses: responses.shape };
    const arrays = { promptIds: prompts.ids, promptMask: prompts.mask, responseIds: responses.ids, responseMask: responses.mask };
    return encodeFrame({ header, arrays });
  },

  readReferenceJob(bytes: Uint8Array): ReferenceJob {
    const { header, arrays } = ofKind(bytes, "reference");
    const { temperature } = header;
    if (!isNumber(temperature) || (temperature as number) <= 0) refuse(`a temperature ${JSON.stringify(temperature)}`);
    const read = (name: "prompt" | "response"): TokenBatch => {
      const shape = shapeOf(header[`${name}s`]);
      const own = { ids: arrays[`${name}Ids`], mask: arrays[`${name}Mask`] } as Arrays;
      return { ...tokensOf(own, shape), shape };
    };
    const [prompts, responses] = [read("prompt"), read("response")];
    if (prompts.shape[0] !== responses.shape[0]) refuse(`${responses.shape[0]} responses to ${prompts.shape[0]} prompts`);
    return { batch: { prompts, responses }, temperature: temperature as number };
  },

  writeLogprobs(logprobs: Float32Array): Buffer {
    return encodeFrame({ header: { kind: "reference-logprobs" }, arrays: { logprobs } });
  },

  /** @param asked the job that it answers. */
  readLogprobs(bytes: Uint8Array, { batch }: Pick<ReferenceJob, "batch">): Float32Array {
    const [rows, columns] = batch.responses.shape;
    return arrayOf(ofKind(bytes, "reference-logprobs").arrays, "logprobs", Float32Array, rows * columns);
  },
};
