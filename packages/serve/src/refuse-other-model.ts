import { RequestError } from "./request-error.ts";

/** @throws RequestError 404 */
export function refuseOtherModel(asked: string, model: string): void {
  if (asked === model) return;
  const message = `there is no model ${JSON.stringify(asked)} here: ask for ${JSON.stringify(model)}`;
  throw new RequestError(404, "model_not_found", message, { param: "model" });
}
