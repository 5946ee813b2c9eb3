import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/**
 * Compares a value with what the comment behind it says, where that is a value as JavaScript writes it, whose numbers may be rounded; where it
 * begins with "throws", the value is to throw.
 */
export async function check(make: () => Promise<unknown>, comment: string): Promise<void> {
  if (comment.startsWith("throws")) return expect(make(), comment).rejects.toThrow();
  const value = await make();
  const said = saidBy(comment);
  if (said !== undefined) expect(rounded(plain(value)), comment).toEqual(rounded(said));
}

/** The value that a comment is, also behind "about" or an array's class; undefined where it is anything else. */
export function saidBy(comment: string): unknown {
  const literal = comment.replace(/^about /, "").replace(/^\w+Array(\(\d+\))? (?=\[)/, "");
  try {
    const [said, other] = new Function(`"use strict"; return [${literal}];`)() as unknown[];
    return other === undefined ? said : undefined; // "1, 2" is two values
  } catch {
    return undefined;
  }
}

function plain(value: unknown): unknown {
  if (value instanceof tf.Tensor) return value.arraySync();
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}

/** To three decimals, or three digits of a small number. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Math.abs(value) < 0.01 ? Number(value.toPrecision(3)) : Number(value.toFixed(3));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(plain(one))]));
}
