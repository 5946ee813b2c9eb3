import { TokenizerError } from "../error.ts";
import type { JsonObject } from "../files.ts";
import { Template } from "./jinja/template.ts";

/** The chat templates of a tokenizer by name. A single one is named `default`. */
export class ChatTemplates {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #where: string;
  readonly #parsed = new Map<string, Template>();

  constructor(texts: ReadonlyMap<string, string>, where: string) {
    this.#texts = texts;
    this.#where = where;
  }

  /** The text of the one that is used unless another is named. */
  get defaultText(): string | undefined {
    return this.#texts.get("default");
  }

  /**
   * The template of a name; without a name, the one for tools where there are any and it has one of its own, or else the default one.
   *
   * @throws TokenizerError `no-chat-template`
   */
  choose({ name, hasTools }: { readonly name: string | undefined; readonly hasTools: boolean }): string {
    const wanted = name ?? (hasTools && this.#texts.has("tool_use") ? "tool_use" : "default");
    const text = this.#texts.get(wanted);
    if (text !== undefined) return text;
    throw new TokenizerError(
      "no-chat-template",
      this.#texts.size === 0
        ? `${this.#where} has no chat template: use plain text, or put one into chat_template.jinja (only chat models come with one)`
        : `${this.#where} has no chat template named "${wanted}": choose one of ${[...this.#texts.keys()].join(", ")}`,
    );
  }

  /** Parsed once, however many conversations it renders. Throws JinjaError where it has no form. */
  parsed(text: string): Template {
    const template = this.#parsed.get(text) ?? new Template(text);
    this.#parsed.set(text, template);
    return template;
  }
}

/**
 * The file chat_template.jinja, or `chat_template` of tokenizer_config.json, which is one template, a list of `{ name, template }`, or
 * an object of templates by name.
 *
 * @throws TokenizerError `invalid-file` where it is anything else
 */
export function readChatTemplates(config: JsonObject, file: string | undefined, where: string): ChatTemplates {
  const texts = new Map(configuredTemplates(config.chat_template, where));
  if (file !== undefined) texts.set("default", file);
  return new ChatTemplates(texts, where);
}

function configuredTemplates(configured: unknown, where: string): readonly (readonly [name: string, text: string])[] {
  if (configured === undefined || configured === null) return [];
  const entries = entriesOf(configured);
  if (entries.every((entry): entry is readonly [string, string] => entry.every((part) => typeof part === "string"))) return entries;
  throw new TokenizerError(
    "invalid-file",
    `${where}: chat_template of tokenizer_config.json is no template: give a text, or a list of {"name": …, "template": …}, both text`,
  );
}

function entriesOf(configured: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(configured)) return configured.map((entry: JsonObject | null | undefined) => [entry?.name, entry?.template]);
  return typeof configured === "object" ? Object.entries(configured as object) : [["default", configured]];
}
