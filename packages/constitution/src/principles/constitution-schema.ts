import { z } from "zod";

const text = z.string().trim().min(1);

const principle = z.strictObject({
  name: text,
  critiqueRequest: text,
  revisionRequest: text,
  comparisonQuestion: text.optional(),
  positivePersona: text.optional(),
  negativePersona: text.optional(),
  weight: z.number().positive().default(1),
});

const example = z.strictObject({ principle: text.optional(), prompt: text, response: text, critique: text, revision: text });

/** A constitution as it stands in a file. Text is trimmed. */
export const constitutionSchema = z.strictObject({
  name: text.default("constitution"),
  principles: z.array(principle).min(1),
  examples: z.array(example).default([]),
});
