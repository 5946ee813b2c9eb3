import type { EndpointSettings } from "./feedback-flags.ts";

/** Options of an endpoint that its answers depend on, beside those that its identity tells; how it is reached is each machine's own affair. */
const telling = ["topLogprobs", "echoFormat", "continuation", "maxTokensField"] as const;

/** What asker and workers must have said of an endpoint alike. */
export function labellerSettings({ feedbackOptions = {} }: EndpointSettings): string {
  return JSON.stringify(telling.map((name) => feedbackOptions[name] ?? null));
}
