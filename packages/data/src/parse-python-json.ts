import { PythonFloat } from "@cai/contracts";
import { type Node, parseTree } from "jsonc-parser";

/**
 * JSON as Python reads it, for chat templates, which print what they are given: `1.0` stays a float, a long int keeps its digits, and keys
 * that look like numbers keep their places, for which their object becomes a Map.
 *
 * @param text Valid JSON.
 */
export function parsePythonJson(text: string): unknown {
  return valueOfNode(parseTree(text)!, text);
}

function valueOfNode(node: Node, text: string): unknown {
  const { type, value, children = [] } = node;
  if (type === "array") return children.map((child) => valueOfNode(child, text));
  if (type === "number") return numberOfDigits(text.slice(node.offset, node.offset + node.length));
  if (type !== "object") return value;
  const entries = children.map(({ children: [key, item] = [] }) => [key!.value as string, valueOfNode(item!, text)] as const);
  return dictOf(entries);
}

/** An object, or where some of several keys look like numbers, which an object would move to its front, a Map. */
export function dictOf(entries: readonly (readonly [string, unknown])[]): unknown {
  return entries.length > 1 && entries.some(([key]) => /^\d+$/.test(key)) ? new Map(entries) : Object.fromEntries(entries);
}

function numberOfDigits(digits: string): unknown {
  if (!/^-?\d+$/.test(digits)) {
    const float = Number(digits);
    return Number.isInteger(float) ? new PythonFloat(float) : float;
  }
  const int = BigInt(digits);
  return BigInt.asIntN(53, int) === int ? Number(int) : int;
}
