import { JinjaError } from "./error.ts";
import { filters } from "./filters/index.ts";
import type { Expression, MacroDefinition, Statement, Target } from "./nodes.ts";
import { tests } from "./tests.ts";
import { namesRead, parameterNames, partsOf } from "./walk.ts";

/** Where a part of the tree stands. */
interface Place {
  /** In a branch of an `if` in the same scope: there an unknown filter fails only where it is used. */
  readonly isSoft: boolean;
  readonly isInLoop: boolean;
  readonly line: number;
}

/** Refuses what Jinja refuses of a template before it renders anything. */
export function checkTemplate(statements: readonly Statement[]): void {
  const checker = new Checker();
  for (const statement of statements) checker.check(statement, { isSoft: false, isInLoop: false, line: statement.line });
}

class Checker {
  readonly #blocks = new Set<string>();

  check(part: Statement | Expression | Target, outer: Place): void {
    const place: Place = { ...outer, line: "line" in part ? part.line : outer.line };
    const problem = this.#problem(part, place);
    if (problem !== undefined) throw new JinjaError("TemplateSyntaxError", problem, place.line);
    switch (part.kind) {
      case "if":
      case "conditional":
        this.#within(part, { ...place, isSoft: true });
        break;
      case "for":
        this.#within({ iterable: part.iterable }, place);
        this.#within({ ...part, iterable: undefined }, { ...place, isSoft: false, isInLoop: true });
        break;
      case "call block":
        this.#within({ call: part.call }, place);
        this.#within(part.macro, { ...place, isSoft: false, isInLoop: false });
        break;
      case "macro":
      case "generation":
      case "block":
        this.#within(part, { ...place, isSoft: false, isInLoop: false });
        break;
      case "set block":
      case "filter block":
      case "with":
        this.#within(part, { ...place, isSoft: false });
        break;
      default:
        this.#within(part, place);
    }
  }

  #within(part: object, place: Place): void {
    for (const inner of partsOf(part)) this.check(inner as Statement | Expression | Target, place);
  }

  #problem(part: Statement | Expression | Target, { isSoft, isInLoop }: Place): string | undefined {
    switch (part.kind) {
      case "break":
      case "continue":
        return isInLoop ? undefined : `'${part.kind}' outside loop`;
      case "filter":
        return isSoft || filters.has(part.name) ? undefined : `No filter named '${part.name}'.`;
      case "test":
        return isSoft || tests.has(part.name) ? undefined : `No test named '${part.name}'.`;
      case "for":
        return writesLoop(part.target) ? "Can't assign to special loop variable in for-loop target" : undefined;
      case "macro":
      case "call block":
        return problemOfMacro(part.macro);
      case "block": {
        const isKnown = this.#blocks.has(part.name);
        this.#blocks.add(part.name);
        return isKnown ? `block '${part.name}' defined twice` : undefined;
      }
      default:
        return undefined;
    }
  }
}

function problemOfMacro(macro: MacroDefinition): string | undefined {
  const names = parameterNames(macro);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `duplicate argument '${twice}' in a macro`;
  const caller = macro.parameters.find(({ target }) => target.name === "caller");
  const isBare = caller !== undefined && caller.otherwise === undefined && namesRead(macro.body, ["caller"]).has("caller");
  return isBare ? 'the special "caller" argument must be omitted or be given a default' : undefined;
}

const writesLoop = (target: Target): boolean =>
  target.kind === "targets" ? target.items.some(writesLoop) : target.kind === "target" && target.name === "loop";
