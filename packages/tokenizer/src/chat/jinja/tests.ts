import { type ComparisonOperator, compare, contains, equals } from "./comparison.ts";
import { isIterable, isSequence } from "./containers.ts";
import { unsupported } from "./error.ts";
import { filters } from "./filters/index.ts";
import type { Meter } from "./meter.ts";
import { binary, numberOf } from "./operators.ts";
import { textFrom } from "./repr.ts";
import { Signature } from "./signature.ts";
import { characterTests } from "./text-case.ts";
import { type Arguments, Dict, identity, Markup, PythonObject, textOf, Undefined, type Value } from "./values.ts";

type Test = (input: Value, args: Arguments, meter: Meter) => boolean;

function test(parameters: string, run: (input: Value, passed: readonly (Value | undefined)[], meter: Meter) => boolean): Test {
  const signature = new Signature("test", parameters);
  return (input, args, meter) => run(input, signature.bind(args), meter);
}

const plain = (run: (input: Value) => boolean): Test => test("", run);
const comparison = (operator: ComparisonOperator): Test =>
  test("other, /", (input, [other], meter) => compare(operator, input, other!, meter));
const remainder = (input: Value, divisor: Value, rest: bigint, meter: Meter) => equals(binary("%", input, divisor, meter), rest, meter);

const byName: Readonly<Record<string, Test>> = {
  boolean: plain((input) => typeof input === "boolean"),
  callable: plain((input) => input instanceof PythonObject && input.isCallable()),
  defined: plain((input) => !(input instanceof Undefined)),
  divisibleby: test("num", (input, [divisor], meter) => remainder(input, divisor!, 0n, meter)),
  escaped: plain((input) => input instanceof Markup),
  even: test("", (input, _, meter) => remainder(input, 2n, 0n, meter)),
  false: plain((input) => input === false),
  filter: test("", (input, _, meter) => isNameOf(filters, input, meter)),
  float: plain((input) => typeof input === "number"),
  in: test("seq", (input, [container], meter) => contains(container!, input, meter)),
  integer: plain((input) => typeof input === "bigint"),
  iterable: test("", (input, _, meter) => isIterable(input, meter)),
  lower: test("", (input, _, meter) => characterTests.islower!(textFrom(input, meter))),
  mapping: plain((input) => input instanceof Dict),
  none: plain((input) => input === null),
  number: plain((input) => numberOf(input) !== undefined),
  odd: test("", (input, _, meter) => remainder(input, 2n, 1n, meter)),
  sameas: test("other", (input, [other]) => isSame(input, other!)),
  sequence: plain((input) => textOf(input) !== undefined || isSequence(input) || input instanceof Dict || input instanceof Undefined),
  string: plain((input) => textOf(input) !== undefined),
  test: test("", (input, _, meter) => isNameOf(tests, input, meter)),
  true: plain((input) => input === true),
  undefined: plain((input) => input instanceof Undefined),
  upper: test("", (input, _, meter) => characterTests.isupper!(textFrom(input, meter))),
};

const comparisons: Readonly<Record<ComparisonOperator, readonly string[]>> = {
  "==": ["eq", "equalto"],
  "!=": ["ne"],
  ">": ["gt", "greaterthan"],
  ">=": ["ge"],
  "<": ["lt", "lessthan"],
  "<=": ["le"],
  in: [],
  "not in": [],
};

/** Jinja's tests, what stands behind `is`, by name. */
export const tests: ReadonlyMap<string, Test> = new Map([
  ...Object.entries(byName),
  ...Object.entries(comparisons).flatMap(([operator, names]) =>
    names.flatMap((name) => [name, operator].map((each) => [each, comparison(operator as ComparisonOperator)] as const)),
  ),
]);

function isNameOf(names: ReadonlyMap<unknown, unknown>, value: Value, meter: Meter): boolean {
  return names.has(identity(value, meter));
}

/** Python's `is`. Ints and texts are the same object or not by how Python happens to keep them: refused where that decides. */
function isSame(left: Value, right: Value): boolean {
  if (left !== right) return false;
  if (left === null || typeof left === "boolean" || typeof left === "object") return true;
  if (typeof left === "bigint" && left >= -5n && left <= 256n) return true;
  throw unsupported("sameas of large numbers or texts, which depends on Python's memory,");
}
