import type { MacroDefinition, Statement } from "./nodes.ts";

/** A part of a template's tree: a statement, an expression, a target, or what holds some of them. */
interface Node {
  readonly kind: string;
}

/** The parts right below a part of the tree, in their order in the template. */
export function partsOf(part: object): Node[] {
  return Object.values(part).flatMap((value: unknown) => {
    if (typeof value !== "object" || value === null) return [];
    return "kind" in value ? [value as Node] : partsOf(value);
  });
}

/**
 * Which of some names a macro's body reads and has not set before: a macro takes `caller`, `kwargs` and `varargs` only where its body
 * names them.
 */
export function namesRead(body: readonly Statement[], names: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(names);
  const read = new Set<string>();
  const visit = (part: Node & { readonly name?: string }): void => {
    if (part.kind === "block") return;
    if (part.kind === "target") wanted.delete(part.name!);
    if (part.kind === "name" && wanted.has(part.name!)) read.add(part.name!);
    for (const inner of partsOf(part)) visit(inner);
  };
  for (const statement of body) visit(statement);
  return read;
}

export const parameterNames = ({ parameters }: MacroDefinition): string[] => parameters.map(({ target }) => target.name);
