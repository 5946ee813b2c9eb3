import { describeUnknownOption } from "@cai/contracts/unknown-option";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { ConstitutionError } from "./error.ts";

/** Of one file. */
const reportedFaults = 5;

/** Something that is wrong at a place of a document. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What a document must be. */
export interface Expected<Schema extends z.ZodType> {
  /** For messages: its file, as a rule. */
  readonly name: string;
  readonly schema: Schema;
  /** Of the error. */
  readonly code: string;
  /** What an empty one would have held: `{"principles": […]}`. */
  readonly example: string;
  /** What the schema can't say. */
  readonly check?: (content: z.infer<Schema>) => readonly Fault[];
}

/**
 * An object from JSON or YAML, by a schema.
 *
 * @throws ConstitutionError of the given code: names document, line and field of each of the first faults, what was given and what is expected
 */
export function parseValidated<Schema extends z.ZodType>(text: string, expected: Expected<Schema>): z.infer<Schema> {
  const { name, schema, code, example, check } = expected;
  const lines = new LineCounter();
  const lineAt = (position: number) => `${name}:${lines.linePos(position).line}`;
  const refuse = (faults: readonly string[]): never => {
    const left = faults.length - reportedFaults;
    const rest = left > 0 ? [`and ${left} more`] : [];
    throw new ConstitutionError(code, [...faults.slice(0, reportedFaults), ...rest].join("\n"));
  };
  const document = documentOf(text, lines, (reason) => refuse([`${name} is neither JSON nor YAML: ${reason}`]));
  if (document.errors.length > 0)
    return refuse(document.errors.map(({ pos, message }) => `${lineAt(pos[0])}: neither JSON nor YAML: ${message}`));
  const value = contentOf(document, (reason) => refuse([`${name} is neither JSON nor YAML: ${reason}`]));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse([`${name} holds ${shown(value)}: expected ${example}, as JSON or YAML`]);
  const read = schema.safeParse(value);
  const faults = read.success ? (check?.(read.data) ?? []) : read.error.issues.flatMap((issue) => describeIssue(issue, value, schema));
  if (faults.length > 0) return refuse(faults.map(({ path, message }) => `${lineAt(positionOf(document, path))}: ${message}`));
  return read.data!;
}

function documentOf(text: string, lineCounter: LineCounter, refuse: (reason: string) => never): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "silent" });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse("it is nested too deeply"); // deeper than the parser's own stack
  }
}

function contentOf(document: Document, refuse: (reason: string) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse((error as Error).message); // an alias of nothing, or too many of them
  }
}

/** `unknown field "weigth": did you mean "weight"?`, and where. */
export const unknownName = (where: string, name: string, known: readonly string[], what: string): string =>
  `${where === "" ? "" : `${where}: `}${describeUnknownOption({ [name]: true }, known)!.replace("unknown option", `unknown ${what}`)}`;

function describeIssue(issue: z.core.$ZodIssue, whole: object, schema: z.ZodType): Fault[] {
  const { path } = issue;
  const field = fieldName(path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownName(field, key, fieldsAt(schema, path), "field") }));
  const inner = issue.code === "invalid_union" ? issue.errors.find(isMeant) : undefined;
  if (inner !== undefined)
    return inner.flatMap((each) => describeIssue({ ...each, path: [...path, ...each.path] } as typeof issue, whole, schema));
  const value = path.reduce<unknown>((object, key) => (object as Record<PropertyKey, unknown>)[key], whole);
  if (value === undefined) return [{ path, message: `${field} is missing: expected ${expectation(issue)}` }];
  return [{ path, message: `${field} is ${shown(value)}: expected ${expectation(issue)}` }];
}

/** Of the alternatives, the one whose kind was given: its faults lie within. */
const isMeant = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys");

/** `principles[3].weight` */
const fieldName = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  array: "a list",
  object: "an object",
  record: "an object",
  int: "a whole number",
};

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? `a ${issue.expected}`;
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value)).join(" or ");
  if (issue.code === "invalid_union") return issue.errors.map(([first]) => expectation(first as z.core.$ZodIssue)).join(" or ");
  if (issue.code === "too_small" && issue.origin === "string") return "some text";
  if (issue.code === "too_small" && issue.origin === "array") return "at least one";
  if (issue.code === "too_small") return `a number ${issue.inclusive ? `from ${issue.minimum} on` : `above ${issue.minimum}`}`;
  if (issue.code === "too_big") return `a number up to ${issue.maximum}`;
  return issue.message;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Names of the fields that an object of the document may have, by where it stands: `["principles", 3]`. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrapped(schema);
  const [key, ...rest] = path;
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => fieldsAt(option as z.ZodType, path));
  if (inner instanceof z.ZodArray && key !== undefined) return fieldsAt(inner.element as z.ZodType, rest);
  if (!(inner instanceof z.ZodObject)) return [];
  return key === undefined ? Object.keys(inner.shape) : fieldsAt(inner.shape[String(key)] as z.ZodType, rest);
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

/** Where a field begins in the file: its name, or where what should hold it begins. */
function positionOf(document: Document, path: readonly PropertyKey[]): number {
  const holder = document.getIn(path.slice(0, -1), true);
  const field = isMap(holder) ? holder.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))?.key : undefined;
  const node = field ?? document.getIn(path, true);
  if (isNode(node)) return node.range?.[0] ?? 0;
  return path.length === 0 ? 0 : positionOf(document, path.slice(0, -1));
}
