export { type DrawnTokens, type DrawOptions, drawTokens } from "./draw.ts";
export { type Decoder, type DecoderDraw, drawResponses, type ResponseOptions } from "./draw-responses.ts";
export { SamplingError } from "./error.ts";
export type { FilterOptions } from "./filter.ts";
export { filteredProbabilities } from "./probabilities.ts";
