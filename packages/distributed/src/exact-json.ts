import { PythonFloat } from "@cai/contracts";

/** No key of a message begins so, and a text of JSON can. */
const [floatTag, integerTag] = ["\0float", "\0integer"];

/**
 * As JSON, with what chat templates tell apart and JSON doesn't: a float whatever its value, and integers of any size.
 *
 * @example
 * const text = writeExactJson([{ temperature: new PythonFloat(1), seed: 2n ** 64n }]);
 */
export function writeExactJson(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, inner: unknown) {
    const given = this[key]; // `inner` is what toJSON made of it
    if (given instanceof PythonFloat) return { [floatTag]: given.value };
    return typeof given === "bigint" ? { [integerTag]: `${given}` } : inner;
  });
}

/** The way back. Throws SyntaxError for what is no JSON; tags around other things than numbers stay as they are. */
export function readExactJson(text: string): unknown {
  return JSON.parse(text, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null) return inner;
    const [[tag, value] = [], ...others] = Object.entries(inner);
    if (others.length > 0) return inner;
    if (tag === floatTag && typeof value === "number") return new PythonFloat(value);
    return tag === integerTag && typeof value === "string" && /^-?\d{1,1000}$/.test(value) ? BigInt(value) : inner;
  });
}
