import { z } from "zod";

/** What is asked of one pass: more rows would only share its time and memory. */
export const mostRows = 128;
/** Alternatives a token, as OpenAI has it. */
export const mostTopLogprobs = 20;

const number = (least: number, most: number, error: string) => z.number({ error }).min(least, { error }).max(most, { error });
/** A whole number, or null for none. */
export const whole = (least: number, most: number, error = `expected a whole number from ${least} to ${most}`) =>
  z.int({ error }).min(least, { error }).max(most, { error });

const stopTexts = "expected a text, or up to 16 texts, of one whole character at least each";
const stopText = z.string({ error: stopTexts }).regex(/^[^\uFFFD]+$/u, { error: stopTexts });

/** Fields that would change the answer and that nothing here heeds: only what means nothing is let through. */
const unheeded = (isNothing: (value: unknown) => boolean, error = "this server doesn't heed it: leave it out") =>
  z
    .unknown()
    .refine((value) => value === undefined || value === null || isNothing(value), { error })
    .optional();
const isZero = (value: unknown) => value === 0;
const isEmpty = (value: unknown) => typeof value === "object" && Object.keys(value!).length === 0;
const noTools = "this model is offered no tools: leave it out";

/** How an answer is drawn: the fields that both routes have. Others that aren't named here are passed over. */
export const samplingFields = {
  model: z.string({ error: "expected the name of the model: GET /v1/models tells it" }),
  n: whole(1, mostRows).nullish(),
  temperature: number(0, 100, "expected a number from 0, which is greedy, to 100").nullish(),
  top_p: number(1e-9, 1, "expected a number above 0, up to 1").nullish(),
  top_k: whole(-1, 2 ** 31 - 1, "expected a whole number from 1, or -1 for all tokens").nullish(),
  seed: whole(0, Number.MAX_SAFE_INTEGER).nullish(),
  stop: z.union([stopText, z.array(stopText).max(16, { error: stopTexts })], { error: stopTexts }).nullish(),
  stream: z.boolean({ error: "expected true or false" }).nullish(),
  stream_options: z
    .looseObject({ include_usage: z.boolean({ error: "expected true or false" }).nullish() }, { error: "expected an object" })
    .nullish(),
  presence_penalty: unheeded(isZero),
  frequency_penalty: unheeded(isZero),
  logit_bias: unheeded(isEmpty),
  suffix: unheeded((value) => value === ""),
  best_of: unheeded((value) => value === 1),
  tools: unheeded(isEmpty, noTools),
  functions: unheeded(isEmpty, noTools),
  tool_choice: unheeded((value) => value === "none" || value === "auto", noTools),
  response_format: unheeded((value) => (value as { type?: unknown }).type === "text", "this model writes text only: leave it out"),
  modalities: unheeded(
    (value) => Array.isArray(value) && value.every((one) => one === "text"),
    "this model writes text only: leave it out",
  ),
};

/** The fields above, checked. */
export type SamplingFields = z.output<z.ZodObject<typeof samplingFields>>;
