export { AdamW, type NamedMoments } from "./adamw.ts";
export { clipFactor, globalNorm } from "./clip.ts";
export { OptimError } from "./error.ts";
export { learningRateAt, type Schedule } from "./schedule.ts";
