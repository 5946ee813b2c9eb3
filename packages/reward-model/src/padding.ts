import { RewardModelError } from "./error.ts";
import type { ModelConfig } from "./model-config.ts";
import type { ModelInputs } from "./model-inputs.ts";

/** Which side of shorter rows is padded. */
export type PaddingSide = "left" | "right";

/** How shorter rows are filled up. */
export interface Padding {
  readonly side: PaddingSide;
  readonly id: number;
}

interface PaddingOptions {
  readonly path: string;
  readonly inputs: Pick<ModelInputs, "columns" | "takesMask">;
  readonly config: Pick<ModelConfig, "modelType" | "padTokenId" | "vocabSize">;
  /** What was asked for. */
  readonly side: PaddingSide | undefined;
  readonly padTokenId: number | undefined;
  /** What a tokenizer would pad with. */
  readonly tokenizerPadId: number | undefined;
}

/**
 * How rows are padded; undefined where they are not, and only rows of one length share a run.
 *
 * A classifier of the GPT-2 or Llama kind finds a row's last token by the pad id that its config.json had when it was exported, and without
 * one takes the last position, padding or not; one without an attention mask reads the padding as text. So nothing is padded unless it was
 * asked for, or the model takes rows of one length only, and then only where the model can tell.
 *
 * @throws RewardModelError `bad-options`, `bad-model`
 */
export function choosePadding({ path, inputs, config, side, padTokenId, tokenizerPadId }: PaddingOptions): Padding | undefined {
  const { vocabSize = Number.POSITIVE_INFINITY } = config;
  if (padTokenId !== undefined && !(Number.isSafeInteger(padTokenId) && padTokenId >= 0 && padTokenId < vocabSize))
    throw new RewardModelError("bad-options", `padTokenId is ${padTokenId}, wanted an id of the model's vocabulary`);
  if (side !== undefined && side !== "left" && side !== "right")
    throw new RewardModelError("bad-options", `paddingSide is ${JSON.stringify(side)}, wanted "left" or "right"`);
  const id = padTokenId ?? config.padTokenId;
  if (inputs.columns !== undefined && inputs.columns > 1) {
    const untold = id === undefined && (!inputs.takesMask || config.modelType !== undefined);
    if (!untold) return { side: side ?? "right", id: id ?? tokenizerPadId ?? 0 };
    throw new RewardModelError(
      "bad-model",
      `${path} takes rows of ${inputs.columns} tokens only, and config.json beside it has no pad_token_id, so that it would score the padding ` +
        "of shorter ones: export it with a free number of tokens, or put the id that it was exported with into config.json",
    );
  }
  if (side === undefined) return undefined;
  if (id !== undefined && inputs.takesMask) return { side, id };
  throw new RewardModelError(
    "bad-options",
    `${path} ${inputs.takesMask ? "has no pad_token_id in its config.json" : "takes no attention_mask"}, so that a row's score would depend on ` +
      "its padding: leave paddingSide away, and rows of one length share a run, without padding",
  );
}
