import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import { describeValue } from "./describe-value.ts";
import { DataError } from "./error.ts";
import { parsePythonJson } from "./parse-python-json.ts";
import type { Columns, RawRow, RowContents } from "./raw-row.ts";

/** What a chat template is given beside the messages. */
export type TemplateColumns = Pick<ChatTemplateOptions, "tools" | "documents" | "chatTemplateKwargs">;

/**
 * The columns of a row, read as what a form expects of them. What is otherwise ends in a DataError `bad-row` that names the row.
 *
 * @example
 * const scoredForm = {
 *   columns: ["text", "score"],
 *   ofColumns: (row: RowColumns) => ({ text: row.text("text"), score: row.number("score") }),
 * };
 * await writeRows("scored.jsonl", [{ text: "So it is.", score: 0.5 }]);
 * const { rows } = await readRows("scored.jsonl", scoredForm);
 * console.log(rows[0]?.row.score); // 0.5
 */
export class RowColumns {
  readonly #where: string;
  readonly #columns: Columns;
  readonly #asPython: () => Columns;
  #python: Columns | undefined;

  constructor({ where }: Pick<RawRow, "where">, { columns, asPython }: Extract<RowContents, { readonly columns: Columns }>) {
    this.#where = where;
    this.#columns = columns;
    this.#asPython = asPython;
  }

  /** @param what goes on behind the row's place: `holds …`, or `: expected …`. */
  refuse(what: string): never {
    throw new DataError("bad-row", `${this.#where}${what.startsWith(":") ? "" : " "}${what}`);
  }

  /** Whether there is a value: null is none. */
  has(name: string): boolean {
    return this.#columns[name] !== undefined && this.#columns[name] !== null;
  }

  /** All columns but these, as JSON has them. */
  others(names: readonly string[]): Columns {
    return Object.fromEntries(Object.entries(this.#columns).filter(([name]) => !names.includes(name)));
  }

  /** A value as JSON has it. */
  value(name: string): unknown {
    return this.#columns[name];
  }

  /** @param expected what the message says of a value that is no text */
  text(name: string, expected = "text"): string {
    const value = this.value(name);
    return typeof value === "string" ? value : this.refuse(`holds ${describeValue(value)} as "${name}": expected ${expected}`);
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === "number" ? value : this.refuse(`holds ${describeValue(value)} as "${name}": expected a number`);
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    return typeof value === "boolean" ? value : this.refuse(`holds ${describeValue(value)} as "${name}": expected true or false`);
  }

  /** The messages of a conversation, one at least, as Python reads them. Whatever they hold beside role and content reaches the template. */
  messages(name: string): readonly ChatMessage[] {
    const messages = this.#pythonColumns()[name];
    if (!Array.isArray(messages) || !messages.every(isMessage)) {
      const wanted = '[{"role": …, "content": …}, …], the role text, the content text or a list of parts';
      return this.refuse(`holds a "${name}" that is no conversation: expected ${wanted}`);
    }
    return messages.length > 0 ? messages : this.refuseEmpty(name);
  }

  /** Refuses a conversation without a message. */
  refuseEmpty(name: string): never {
    return this.refuse(`holds an empty conversation in "${name}"`);
  }

  /** `tools` (a list, or one as JSON text), `documents` and `chat_template_kwargs`, those that the row has, as Python reads them. */
  templateColumns(): TemplateColumns {
    const row = this.#pythonColumns();
    const tools = this.#objects("tools", fromJsonText(row.tools));
    const documents = this.#objects("documents", row.documents);
    const kwargs = row.chat_template_kwargs ?? undefined;
    if (kwargs !== undefined && !isObject(kwargs))
      return this.refuse(`holds ${describeValue(kwargs)} as "chat_template_kwargs": expected an object of the template's variables`);
    return { ...(tools && { tools }), ...(documents && { documents }), ...(kwargs && { chatTemplateKwargs: kwargs }) };
  }

  #objects(name: string, value: unknown): readonly Columns[] | undefined {
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.every(isObject)) return value;
    return this.refuse(`holds ${describeValue(value)} as "${name}": expected a list of objects`);
  }

  #pythonColumns(): Columns {
    if (this.#python !== undefined) return this.#python;
    try {
      this.#python = this.#asPython();
      return this.#python;
    } catch (error) {
      if (error instanceof RangeError) return this.refuse("is nested too deeply");
      throw error;
    }
  }
}

const isObject = (value: unknown): value is Columns => typeof value === "object" && value !== null && !Array.isArray(value);

/** A turn without content says something else: that it calls tools, say. */
function isMessage(value: unknown): value is ChatMessage {
  if (!isObject(value) || typeof value.role !== "string") return false;
  const { content } = value;
  if (content === undefined || content === null) return Object.keys(value).some((key) => key !== "role" && key !== "content");
  return typeof content === "string" || (Array.isArray(content) && content.every(isObject));
}

function fromJsonText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    JSON.parse(value);
  } catch {
    return value;
  }
  return parsePythonJson(value);
}
