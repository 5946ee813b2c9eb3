import { describeUnknownOption } from "@cai/contracts";
import { type Document, isMap, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Constitution } from "./constitution.ts";
import { constitutionSchema, fieldsAt } from "./constitution-schema.ts";
import { contentHash } from "./content-hash.ts";
import { ConstitutionError } from "./error.ts";

/** Of one file. */
const reportedFaults = 5;

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const lineAt = (position: number) => `${file}:${lines.linePos(position).line}`;
  const refuse = (faults: readonly string[]): never => {
    const left = faults.length - reportedFaults;
    const rest = left > 0 ? [`and ${left} more`] : [];
    throw new ConstitutionError("bad-constitution", [...faults.slice(0, reportedFaults), ...rest].join("\n"));
  };
  if (document.errors.length > 0)
    return refuse(document.errors.map(({ pos, message }) => `${lineAt(pos[0])}: neither JSON nor YAML: ${message}`));
  const value = contentOf(document, (reason) => refuse([`${file} is neither JSON nor YAML: ${reason}`]));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse([`${file} holds ${shown(value)}: expected {"principles": […]}, as JSON or YAML`]);
  const read = constitutionSchema.safeParse(value);
  const faults = read.success ? repeatedNames(read.data) : read.error.issues.flatMap((issue) => describeIssue(issue, value));
  if (faults.length > 0) return refuse(faults.map(({ path, message }) => `${lineAt(positionOf(document, path))}: ${message}`));
  const content = withoutUndefined(read.data!);
  return { ...content, sha256: contentHash(content) };
}

function contentOf(document: Document, refuse: (reason: string) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse((error as Error).message); // an alias of nothing, or too many of them
  }
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

const unknownName = (where: string, name: string, known: readonly string[], what: string): string =>
  `${where === "" ? "" : `${where}: `}${describeUnknownOption({ [name]: true }, known)!.replace("unknown option", `unknown ${what}`)}`;

function describeIssue(issue: z.core.$ZodIssue, whole: object): Fault[] {
  const { path } = issue;
  const field = fieldName(path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownName(field, key, fieldsAt(path), "field") }));
  const value = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], whole);
  if (value === undefined) return [{ path, message: `${field} is missing: expected ${expected(issue)}` }];
  return [{ path, message: `${field} is ${shown(value)}: expected ${expected(issue)}` }];
}

/** `principles[3].weight` */
const fieldName = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);

const kinds: Readonly<Record<string, string>> = { string: "text", array: "a list", object: "an object" };

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? `a ${issue.expected}`;
  if (issue.code === "too_small" && issue.origin === "string") return "some text";
  if (issue.code === "too_small" && issue.origin === "array") return "at least one";
  if (issue.code === "too_small") return `a number above ${issue.minimum}`;
  return issue.message;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Where a field begins in the file: its name, or where what should hold it begins. */
function positionOf(document: Document, path: readonly PropertyKey[]): number {
  const holder = document.getIn(path.slice(0, -1), true);
  const field = isMap(holder) ? holder.items.find(({ key }) => String(key) === path.at(-1))?.key : undefined;
  const node = field ?? document.getIn(path, true);
  if (isNode(node)) return node.range?.[0] ?? 0;
  return path.length === 0 ? 0 : positionOf(document, path.slice(0, -1));
}
