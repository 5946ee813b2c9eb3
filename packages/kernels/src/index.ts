export { add } from "./add.ts";
export { causalAttention, mergeHeads, splitHeads } from "./attention.ts";
export { attentionBias } from "./attention-bias.ts";
export { concatColumns } from "./concat-columns.ts";
export { type DecodeAttention, decodeAttention } from "./decode-attention.ts";
export { isRecorded } from "./differentiable.ts";
export { drawTokens } from "./draw-tokens.ts";
export { embedding, tiedEmbedding } from "./embedding.ts";
export { KernelError } from "./error.ts";
export { type ForwardTape, recordForward } from "./forward-tape.ts";
export { fusedLinear, unfusedLinear } from "./fused-linear.ts";
export { geglu } from "./geglu.ts";
export { gelu } from "./gelu.ts";
export { type HalfWeights, halfLinear, halveColumns } from "./half-weights.ts";
export { hiddenLogprobs } from "./hidden-logprobs.ts";
export { type Int8Weights, int8Linear, quantizeColumns } from "./int8-weights.ts";
export { layerNorm } from "./layer-norm.ts";
export { linear } from "./linear.ts";
export type { LinearFusion } from "./linear-fusion.ts";
export { mostLogitBytes } from "./logit-bytes.ts";
export { loraLinear } from "./lora-linear.ts";
export { type NativeAttribute, type NativeOps, nativeOps } from "./native-ops.ts";
export { ownCopy } from "./own-copy.ts";
export { type PackedSequences, packedAttention } from "./packed-attention.ts";
export { placeRows } from "./packed-rows.ts";
export { createParameter } from "./parameter.ts";
export { recorded } from "./recording.ts";
export { rmsNorm } from "./rms-norm.ts";
export { type Rotation, rotaryEmbedding, rotation } from "./rotary-embedding.ts";
export { scaled } from "./scaled.ts";
export { scaledColumns } from "./scaled-columns.ts";
export { mostSkinnyRows } from "./skinny-product.ts";
export { swiglu } from "./swiglu.ts";
export {
  type TokenDistribution,
  tokenDistribution,
  tokenDistributionGradient,
  tokenEntropy,
  tokenLogprobs,
} from "./token-distribution.ts";
export { type TokenLayer, type TokenPass, type TokenPlaces, TokenProgram, type TokenValue } from "./token-program.ts";
export { type RowPart, type Shader, type ShaderNumber, type ShaderTensors, type WebGpuOps, webGpuOps } from "./webgpu-ops.ts";
