import { checkTemplate } from "./check.ts";
import { JinjaError } from "./error.ts";
import { Executor } from "./execute.ts";
import { frameNames } from "./frame-names.ts";
import { fromJavaScript } from "./from-javascript.ts";
import { globals } from "./globals.ts";
import { type ChatTemplateLimits, defaultLimits, Meter } from "./meter.ts";
import type { Statement } from "./nodes.ts";
import { Scope } from "./scope.ts";
import { parseTemplate } from "./statement-parser.ts";

const maxLength = 2 ** 20;

/** A template of Jinja, in the environment that `transformers` gives to chat templates. */
export class Template {
  readonly #statements: readonly Statement[];

  /** @throws JinjaError `TemplateSyntaxError` */
  constructor(source: string) {
    if (source.length > maxLength) {
      throw new JinjaError("LimitError", `it has more than ${maxLength.toLocaleString("en-US")} characters, the limit for chat templates`);
    }
    this.#statements = notTooDeep(() => {
      const statements = parseTemplate(source);
      checkTemplate(statements);
      return statements;
    });
  }

  /**
   * @param variables Plain data, see `fromJavaScript`; `undefined` is a variable that is not there.
   * @throws JinjaError
   */
  render(variables: Readonly<Record<string, unknown>>, limits: Partial<ChatTemplateLimits> = {}): string {
    return notTooDeep(() => {
      const meter = new Meter({ ...defaultLimits, ...limits });
      const given = new Scope(undefined);
      for (const [name, value] of globals) given.set(name, value);
      for (const [name, value] of Object.entries(variables)) {
        if (value !== undefined) given.set(name, fromJavaScript(value, meter));
      }
      const root = new Scope(given, frameNames(this.#statements, []));
      return new Executor(meter, root).render(this.#statements, root);
    });
  }
}

/** What goes beyond JavaScript's own bounds is refused: its stack above all, as Python's RecursionError does it. */
function notTooDeep<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    // Firefox has an InternalError of its own for its stack.
    if (!(error instanceof RangeError) && (error as Error).name !== "InternalError") throw error;
    const { message } = error as Error;
    const isDeep = message.includes("call stack") || message.includes("recursion");
    throw new JinjaError("LimitError", isDeep ? "it, or what it is given, is nested too deeply" : `it makes too much (${message})`);
  }
}
