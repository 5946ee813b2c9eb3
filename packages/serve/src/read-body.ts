import type { z } from "zod";
import { RequestError } from "./request-error.ts";

/**
 * The body of a request, checked.
 *
 * @throws RequestError 400, which names the field
 */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const text = await request.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new RequestError(400, "invalid_json", `the body is no JSON: ${(cause as Error).message}`, { cause });
  }
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  const given = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], body);
  const param = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);
  const name = param === "" ? "the body" : param;
  throw new RequestError(400, "invalid_value", `${name} is ${shown(given)}: ${message}`, { param: param === "" ? null : param });
}

/** A value for a message, not longer than a line. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
