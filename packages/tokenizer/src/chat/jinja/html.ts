import type { Meter } from "./meter.ts";
import { textFrom } from "./repr.ts";
import { Markup, type Value } from "./values.ts";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** MarkupSafe's `escape`: what is marked as safe already stays as it is. */
export function escapeHtml(value: Value, meter: Meter): Markup {
  if (value instanceof Markup) return value;
  const text = textFrom(value, meter);
  meter.text(text.length * 5);
  return new Markup(text.replace(/[&<>'"]/g, (character) => entities[character]!));
}
