import type { Meter } from "../meter.ts";
import { Signature } from "../signature.ts";
import type { Arguments, Value } from "../values.ts";

/** What a filter may ask of the rendering that it is part of. */
export interface FilterRuntime {
  readonly meter: Meter;
  filter(name: string, input: Value, args: Arguments): Value;
  test(name: string, input: Value, args: Arguments): boolean;
}

export type Filter = (input: Value, args: Arguments, runtime: FilterRuntime) => Value;

/** A filter whose arguments, behind the value itself, are those of a signature. */
export function filter(
  parameters: string,
  run: (input: Value, passed: readonly (Value | undefined)[], runtime: FilterRuntime) => Value,
): Filter {
  const signature = new Signature("filter", parameters);
  return (input, args, runtime) => run(input, signature.bind(args), runtime);
}
