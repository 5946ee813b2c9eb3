import { withoutSecrets } from "@cai/endpoint";
import { type EndpointFeedbackOptions, endpointFeedback, type FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "../error.ts";

/** What is said of another model that judges and revises, by the keys of a configuration. */
export interface EndpointSource {
  /** An address, or what names a local model. */
  readonly feedback: string;
  /** Of an endpoint, as are the next two: the model's name there. */
  readonly feedbackModel?: string | undefined;
  /** A folder for its answers. */
  readonly feedbackCache?: string | undefined;
  /** Further options of `endpointFeedback`. */
  readonly feedbackOptions?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The endpoint that is named by its address; undefined where a local model is named. Nothing is asked of it yet.
 *
 * @throws ConstitutionError `bad-config` for an endpoint without the model's name, and for an endpoint's settings with a local model: keys stand in
 *   double quotes; FeedbackError `bad-option`
 * @example
 * endpointOf({ feedback: "http://localhost:8000/v1", feedbackModel: "qwen3" })?.identity; // "http://localhost:8000/v1 qwen3"
 * endpointOf({ feedback: "./qwen3" }); // undefined
 */
export function endpointOf({ feedback: url, ...settings }: EndpointSource): FeedbackModel | undefined {
  const { feedbackModel: model, feedbackCache: cache, feedbackOptions } = settings;
  if (/^https?:\/\//i.test(url)) {
    if (model === undefined)
      throw new ConstitutionError(
        "bad-config",
        `"feedback" ${withoutSecrets(url)} is an endpoint: give "feedbackModel", the model's name there`,
      );
    return endpointFeedback({ ...feedbackOptions, ...(cache !== undefined && { cache }), url, model } as EndpointFeedbackOptions);
  }
  const key = Object.entries(settings).find(([, value]) => value !== undefined)?.[0];
  if (key === undefined) return undefined;
  throw new ConstitutionError("bad-config", `"${key}" is for an endpoint, and "feedback" ${url} is a local model: leave it out`);
}
