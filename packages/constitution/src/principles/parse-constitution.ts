import type { z } from "zod";
import { contentHash } from "../content-hash.ts";
import { type Fault, parseValidated, unknownName } from "../parse-validated.ts";
import type { Constitution } from "./constitution.ts";
import { constitutionSchema } from "./constitution-schema.ts";

/**
 * A constitution from JSON or YAML: `{ name, principles: [{ name, critiqueRequest, revisionRequest, comparisonQuestion, positivePersona,
 * negativePersona, weight }], examples: [{ principle, prompt, response, critique, revision }] }`. Needed are the principles with name and the
 * two requests; all of an example but its `principle`. A weight is 1 unless given.
 *
 * @param file for messages
 * @throws ConstitutionError `bad-constitution`: names file, line and field of each of the first faults, what was given and what is expected
 * @example
 * const { principles } = parseConstitution("principles: [{ name: brevity, critiqueRequest: What is too long?, revisionRequest: Shorten it. }]");
 * principles[0]?.weight; // 1
 */
export function parseConstitution(text: string, file = "the constitution"): Constitution {
  const example = '{"principles": […]}';
  const read = parseValidated(text, { name: file, schema: constitutionSchema, code: "bad-constitution", example, check: repeatedNames });
  const content = withoutUndefined(read);
  return { ...content, sha256: contentHash(content) };
}

type Read = z.infer<typeof constitutionSchema>;

/** As it would be read from JSON: a field that is not there has no name either. */
const withoutUndefined = (read: Read) => JSON.parse(JSON.stringify(read)) as Omit<Constitution, "sha256"> & Record<string, never>;

/** Names that stand for two principles, and names in examples that stand for none. */
function repeatedNames({ principles, examples }: Read): Fault[] {
  const names = principles.map(({ name }) => name);
  const repeated = names.flatMap((name, i) => {
    const first = names.indexOf(name);
    const message = `principles[${i}].name is ${JSON.stringify(name)}, as principles[${first}].name is: expected a name of its own`;
    return first === i ? [] : [{ path: ["principles", i, "name"], message }];
  });
  const unknown = examples.flatMap(({ principle }, i) => {
    if (principle === undefined || names.includes(principle)) return [];
    return [{ path: ["examples", i, "principle"], message: unknownName(`examples[${i}]`, principle, names, "principle") }];
  });
  return [...repeated, ...unknown];
}
