import type { ComparisonOperator } from "./comparison.ts";
import type { BinaryOperator } from "./operators.ts";
import type { Value } from "./values.ts";

/** What a call, a filter or a test is given. */
export interface CallArguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** `*args` */
  readonly spread: Expression | undefined;
  /** `**kwargs` */
  readonly spreadNamed: Expression | undefined;
}

export type Expression =
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list" | "tuple"; readonly items: readonly Expression[] }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: "conditional"; readonly test: Expression; readonly consequent: Expression; readonly otherwise: Expression | undefined }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not" | "negative" | "positive"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "concat"; readonly parts: readonly Expression[] }
  | { readonly kind: "compare"; readonly first: Expression; readonly rest: readonly Comparison[] }
  | { readonly kind: "attribute"; readonly object: Expression; readonly name: string }
  | { readonly kind: "item"; readonly object: Expression; readonly key: Expression }
  | SliceExpression
  | CallExpression
  | FilterExpression
  | { readonly kind: "test"; readonly name: string; readonly input: Expression; readonly args: CallArguments };

export interface Comparison {
  readonly operator: ComparisonOperator;
  readonly operand: Expression;
}

export interface SliceExpression {
  readonly kind: "slice";
  readonly object: Expression;
  readonly start: Expression | undefined;
  readonly stop: Expression | undefined;
  readonly step: Expression | undefined;
}

export interface CallExpression {
  readonly kind: "call";
  readonly callee: Expression;
  readonly args: CallArguments;
}

export interface FilterExpression {
  readonly kind: "filter";
  readonly name: string;
  /** Undefined for the first filter of a block, which takes the block's text. */
  readonly input: Expression | undefined;
  readonly args: CallArguments;
}

/** What can stand left of `=`, or between `for` and `in`. */
export type Target =
  | { readonly kind: "target"; readonly name: string }
  | { readonly kind: "targets"; readonly items: readonly Target[] }
  | { readonly kind: "namespace target"; readonly name: string; readonly attribute: string };

export interface Parameter {
  readonly target: Target & { readonly kind: "target" };
  readonly otherwise: Expression | undefined;
}

/** A macro, or the block of a `call`, which is a macro without a name. */
export interface MacroDefinition {
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

export type Statement = { readonly line: number } & (
  | { readonly kind: "output"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "if"; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
  | ForStatement
  | { readonly kind: "set"; readonly target: Target; readonly value: Expression }
  | {
      readonly kind: "set block";
      readonly target: Target;
      readonly filter: FilterExpression | undefined;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "with";
      readonly assignments: readonly (readonly [target: Target, value: Expression])[];
      readonly body: readonly Statement[];
    }
  | { readonly kind: "filter block"; readonly filter: FilterExpression; readonly body: readonly Statement[] }
  | { readonly kind: "macro"; readonly name: string; readonly macro: MacroDefinition }
  | { readonly kind: "call block"; readonly call: CallExpression; readonly macro: MacroDefinition }
  | { readonly kind: "generation" | "autoescape"; readonly body: readonly Statement[] }
  | { readonly kind: "block"; readonly name: string; readonly isScoped: boolean; readonly body: readonly Statement[] }
  | { readonly kind: "break" | "continue" }
  /** What needs another template: an error only where it is come to. */
  | { readonly kind: "other template"; readonly tag: string }
);

export interface Branch {
  readonly test: Expression;
  readonly body: readonly Statement[];
}

export interface ForStatement {
  readonly kind: "for";
  readonly target: Target;
  readonly iterable: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
  readonly test: Expression | undefined;
  readonly isRecursive: boolean;
}
