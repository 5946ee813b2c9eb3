import type { Generation } from "@cai/contracts";
import { drawResponses, type ResponseOptions } from "@cai/sampling";
import type { Engine } from "./engine.ts";
import { OnnxDecoder } from "./onnx-decoder.ts";

/** What is drawn, and how. */
export interface DecodeRequest extends ResponseOptions {
  /** Each row's tokens, none empty. */
  readonly prompts: readonly Int32Array[];
  /** One shared number: 1 ends the loop. */
  readonly aborted: Int32Array<SharedArrayBuffer>;
}

/** Draws responses until every row has ended; undefined if aborted. */
export async function decode(engine: Engine, { prompts, aborted, ...options }: DecodeRequest): Promise<Generation | undefined> {
  const decoder = new OnnxDecoder(engine, prompts, options);
  const isAborted = () => Atomics.load(aborted, 0) === 1;
  const untilAborted = {
    draw: (how: Parameters<OnnxDecoder["draw"]>[0]) => decoder.draw(how),
    append: (texts: Int32Array, ids: Int32Array) => {
      if (isAborted()) throw new Error("aborted");
      return decoder.append(texts, ids);
    },
  };
  try {
    return await drawResponses(untilAborted, options);
  } catch (error) {
    if (isAborted()) return undefined;
    throw error;
  }
}
