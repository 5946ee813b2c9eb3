export { ValueHeadError } from "./error.ts";
export { ValueHead } from "./value-head.ts";
export { type LastHiddenStates, separateValueModel, sharedTrunkValueModel, type ValueModel, type ValueTrunk } from "./value-model.ts";
