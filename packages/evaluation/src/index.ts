export { EvaluationError } from "./error.ts";
