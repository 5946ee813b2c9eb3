import type { Rows } from "../golden-json.ts";

/** One entry a dimension: a place, or a range whose open end is null. */
export type SliceIndex = readonly (number | readonly [from: number, to: number | null])[];

export interface TensorSlice {
  readonly name: string;
  readonly index: SliceIndex;
  readonly values: readonly number[];
}

/** `ppo_step.json`, as far as it is read here. */
export interface PpoStepFile {
  readonly params: Readonly<
    Record<"cliprange" | "valueClip" | "vfCoef" | "temperature" | "maxGradNorm" | "lr" | "beta1" | "beta2" | "eps" | "weightDecay", number>
  >;
  readonly inputs: Readonly<
    Record<"promptColumns" | "responseColumns", number> &
      Record<"inputIds" | "attentionMask" | "responseMask" | "oldLogp" | "oldValues" | "advantages" | "returns", Rows>
  > & { readonly valueHead: { readonly weight: Rows; readonly bias: readonly number[] } };
  readonly expected: {
    readonly firstForward: { readonly logp: Rows; readonly values: Rows } & Readonly<
      Record<"policyLoss" | "valueLoss" | "totalLoss" | "clipfrac" | "valueClipfrac" | "approxkl" | "ratioMean" | "entropy", number>
    >;
    readonly gradNormBeforeClipping: number;
    readonly gradientsBeforeClipping: readonly TensorSlice[];
    readonly paramsAfterOneStep: readonly TensorSlice[];
    readonly totalLossBeforeSteps123AndAfterStep3: readonly number[];
    readonly policyLossBeforeSteps123AndAfterStep3: readonly number[];
    readonly valueLossBeforeSteps123AndAfterStep3: readonly number[];
    readonly gradNormsOfSteps123: readonly number[];
  };
  /** Files with all tensors, beside this one. */
  readonly fullTensors?: { readonly gradients?: string; readonly paramsAfterOneStep?: string };
}
