import { findStopText } from "./stop-texts.ts";

/**
 * A text that comes in pieces, up to where the first stop text begins. What may be the beginning of one is held back until it is known.
 *
 * @example
 * const text = new TextBeforeStop(["\nHuman:"]);
 * [text.add("Yes.\nHu"), text.add("ge.\nHuman: So"), text.isStopped]; // ["Yes.", "\nHuge.", true]
 */
export class TextBeforeStop {
  readonly #stopTexts: readonly string[];
  #held = "";
  #isStopped = false;

  constructor(stopTexts: readonly string[]) {
    this.#stopTexts = stopTexts;
  }

  /** Whether a stop text was found; nothing comes behind it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What can be shown now. */
  add(piece: string): string {
    if (this.#isStopped) return "";
    const text = this.#held + piece;
    const stop = findStopText(text, this.#stopTexts);
    this.#isStopped = stop !== undefined;
    const end = stop ?? text.length - this.#begun(text);
    this.#held = this.#isStopped ? "" : text.slice(end);
    return text.slice(0, end);
  }

  /** What was held back, where the text ends. */
  end(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }

  /** How many characters at the end of the text are the beginning of a stop text. */
  #begun(text: string): number {
    const most = (stop: string) => {
      for (let length = Math.min(stop.length - 1, text.length); length > 0; length--)
        if (text.endsWith(stop.slice(0, length))) return length;
      return 0;
    };
    return Math.max(0, ...this.#stopTexts.map(most));
  }
}
