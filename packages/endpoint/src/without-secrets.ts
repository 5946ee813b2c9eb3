/** What stands in place of a secret. */
const leftOut = "…";

/** Of endpoints, and of Redis. */
const hasSecrets = /^(?:https?|rediss?):/i;

/** A password may hold anything, an @ too: what stands behind the last one before the path is the host. */
const parts = /^(?<start>(?:https?|rediss?):[/\\]*)(?<credentials>[^/\\?#]*@)?(?<place>[^?#]*)(?:[?#](?<query>[\s\S]*))?$/i;

/**
 * An address as it may be shown and stored: a user, a password and the values of its query are `…`. What is no address of
 * http(s) or redis(s) is returned as it is.
 *
 * @example
 * withoutSecrets("https://ann:secret@host/score?key=abc"); // "https://…@host/score?key=…"
 */
export function withoutSecrets(address: string): string {
  if (!hasSecrets.test(address)) return address;
  const { start, credentials, place, query } = parts.exec(address)!.groups as Record<string, string>;
  const values = query?.split(/[&#]/).map((part) => (part.includes("=") ? `${part.split("=", 1)[0]}=${leftOut}` : leftOut));
  return `${start}${credentials ? `${leftOut}@` : ""}${place}${values ? `?${values.join("&")}` : ""}`;
}

/** Whether an address has been through `withoutSecrets`, and lacks what it had. */
export const lacksSecrets = (address: string): boolean => hasSecrets.test(address) && address.includes(leftOut);
