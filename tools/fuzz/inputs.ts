import fc from "fast-check";

/** Of inputs that a reader may get: a sound one with a few places changed finds more than bytes of any kind, which fail at the first. */
export type Inputs = fc.Arbitrary<Uint8Array>;

const encoder = new TextEncoder();
const edges = [0, 1, 0x7f, 0x80, 0xff];

/** Bytes changed, cut off, doubled or added, in sound ones. */
export function mutatedBytes(seeds: readonly Uint8Array[]): Inputs {
  const edit = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("set", "set", "set", "cut", "insert", "drop", "number"),
    byte: fc.oneof(fc.constantFrom(...edges), fc.nat(255)),
    length: fc.oneof(fc.nat(8), fc.nat(64)),
  });
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 })).map(([seed, edits]) => {
    let bytes: Uint8Array = new Uint8Array(seed); // not a Buffer, whose methods differ
    for (const { at, kind, byte, length } of edits) {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      if (kind === "set" && bytes.length > 0) bytes[place] = byte;
      else if (kind === "cut") bytes = bytes.slice(0, place);
      else if (kind === "insert") bytes = joined(bytes.subarray(0, place), new Uint8Array(length).fill(byte), bytes.subarray(place));
      else if (kind === "drop") bytes = joined(bytes.subarray(0, place), bytes.subarray(place + length));
      else bytes.fill(byte, place, place + 8); // a count or an offset
    }
    return bytes;
  });
}

/** Pieces of a text dropped, doubled, or replaced by words that mean something in its language. */
export function mutatedText(seeds: readonly string[], words: readonly string[]): Inputs {
  return spliced(seeds, words).map((text) => encoder.encode(text));
}

function spliced(seeds: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const word = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, fc.string({ unit: "binary", maxLength: 4 }));
  const edit = fc.record({
    at: fc.nat(),
    drop: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
    word,
    times: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.constantFrom(2, 30, 2000)),
  });
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 3 })).map(([seed, edits]) =>
    edits.reduce((text, { at, drop, word, times }) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + word.repeat(times) + text.slice(place + drop);
    }, seed),
  );
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const strangeNumbers = [0, -1, 1, 2, 7, 0.5, -0.5, 1e-320, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308];
const strangeNames = ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "type", "", "0", "a\u0000b", "\ud800"];
const deep = (depth: number): Json => (depth === 0 ? [] : [deep(depth - 1)]);
const strange: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(...strangeNumbers),
  fc.constantFrom<Json>(null, true, false, "", "a", "[UNK]", "▁", "\u0000", "x".repeat(500), [], {}, [null], [[]], { a: {} }, deep(60), [
    0.5,
    "a",
  ]),
  fc.constantFrom<Json>(...strangeNames),
);

/** Values of a JSON text replaced, dropped, renamed, doubled or exchanged; now and then its letters too. */
export function mutatedJson(seeds: readonly unknown[]): Inputs {
  const edit = fc.record({
    at: fc.nat(),
    other: fc.nat(),
    kind: fc.constantFrom("set", "set", "set", "drop", "rename", "double", "exchange"),
    value: strange,
    name: fc.constantFrom(...strangeNames),
  });
  const changed = fc
    .tuple(fc.constantFrom(...seeds.map((seed) => JSON.stringify(seed))), fc.array(edit, { maxLength: 3 }))
    .map(([seed, edits]) => {
      const root = { root: JSON.parse(seed) as Json };
      for (const { at, other, kind, value, name } of edits) {
        const places = placesOf(root);
        if (places.length === 0) break; // all was dropped
        const [holder, key] = places[at % places.length]!;
        const [otherHolder, otherKey] = places[other % places.length]!;
        if (kind === "drop") remove(holder, key);
        else if (kind === "rename" && !Array.isArray(holder)) rename(holder, String(key), name);
        else if (kind === "double" && Array.isArray(holder)) holder.splice(Number(key), 0, copyOf(holder[Number(key)]!));
        else if (kind === "exchange") put(holder, key, copyOf(otherHolder[otherKey as never] as Json));
        else put(holder, key, copyOf(value));
      }
      return JSON.stringify(root.root) ?? "";
    });
  const words = ['"', "{", "}", "[", ",", ":", "null", "1e999", "-", "\\ud800", '"__proto__":', "[[[[", "\ufeff"];
  const spliceOf = fc.record({ at: fc.nat(), word: fc.constantFrom(...words), times: fc.constantFrom(1, 1, 3000) });
  return fc
    .tuple(changed, fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: spliceOf }))
    .map(([text, splice]) => {
      if (splice === null) return encoder.encode(text);
      const at = splice.at % (text.length + 1);
      return encoder.encode(text.slice(0, at) + splice.word.repeat(splice.times) + text.slice(at));
    });
}

type Holder = Json[] | { [name: string]: Json };

function placesOf(holder: Holder, found: [Holder, string | number][] = []): [Holder, string | number][] {
  for (const key of Object.keys(holder)) {
    found.push([holder, key]);
    const value = holder[key as never] as Json;
    if (typeof value === "object" && value !== null) placesOf(value, found);
  }
  return found;
}

function put(holder: Holder, key: string | number, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function remove(holder: Holder, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function rename(holder: { [name: string]: Json }, from: string, to: string): void {
  const value = holder[from]!;
  delete holder[from];
  put(holder, to, value);
}

const copyOf = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
