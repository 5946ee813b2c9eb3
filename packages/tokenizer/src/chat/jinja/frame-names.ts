import type { Expression, Statement, Target } from "./nodes.ts";
import { partsOf } from "./walk.ts";

/** The names of a block of a template, by which Jinja decides before it renders what each of them means there. */
export interface FrameNames {
  /** Those that the block itself reads or sets; the blocks within it are looked at by themselves. */
  readonly all: ReadonlySet<string>;
  /**
   * Those that it sets before it reads them, and not in an `if` alone. A block within it that reads one before it is set finds it
   * undefined, even where a variable of that name was given to the template.
   */
  readonly setFirst: readonly string[];
}

const known = new WeakMap<readonly Statement[], FrameNames>();

/** @param declared What the block is entered with: the variable of a loop, the parameters of a macro. */
export function frameNames(body: readonly Statement[], declared: readonly string[]): FrameNames {
  const names = known.get(body) ?? namesOf(body, declared);
  known.set(body, names);
  return names;
}

function namesOf(body: readonly Statement[], declared: readonly string[]): FrameNames {
  const all = new Set(declared);
  const setFirst: string[] = [];
  const visit = (statement: Statement, isInBranch: boolean): void => {
    for (const name of namesReadBy(statement)) all.add(name);
    for (const name of namesSetBy(statement)) {
      if (!all.has(name) && !isInBranch) setFirst.push(name);
      all.add(name);
    }
    if (statement.kind !== "if") return;
    for (const { test, body: branch } of statement.branches) {
      for (const name of namesIn(test)) all.add(name);
      for (const inner of branch) visit(inner, true);
    }
    for (const inner of statement.otherwise) visit(inner, true);
  };
  for (const statement of body) visit(statement, false);
  return { all, setFirst };
}

/** By the statement itself, in its own block. */
function namesReadBy(statement: Statement): string[] {
  switch (statement.kind) {
    case "output":
      return statement.parts.flatMap((part) => (typeof part === "string" ? [] : namesIn(part)));
    case "for":
      return namesIn(statement.iterable);
    case "set":
      return [...namesIn(statement.value), ...targetNames(statement.target, "namespace target")];
    case "set block":
      return targetNames(statement.target, "namespace target");
    case "with":
      return statement.assignments.flatMap(([, value]) => namesIn(value));
    case "filter block":
      return namesIn(statement.filter);
    case "call block":
      return namesIn(statement.call);
    default:
      return [];
  }
}

function namesSetBy(statement: Statement): string[] {
  if (statement.kind === "macro") return [statement.name];
  return statement.kind === "set" || statement.kind === "set block" ? targetNames(statement.target, "target") : [];
}

/** The names of a target that are variables, or namespaces that something is set on. */
export const targetNames = (target: Target, kind: "target" | "namespace target" = "target"): string[] =>
  target.kind === "targets" ? target.items.flatMap((item) => targetNames(item, kind)) : target.kind === kind ? [target.name] : [];

const namesIn = (part: Expression): string[] =>
  part.kind === "name" ? [part.name] : partsOf(part).flatMap((inner) => namesIn(inner as Expression));
