/** What stands in place of a secret. */
const leftOut = "…";

/** A password may hold anything, an @ too: what stands behind the last one before the path is the host. */
const parts = /^(?<start>https?:[/\\]*)(?<credentials>[^/\\?#]*@)?(?<place>[^?#]*)(?:[?#](?<query>[\s\S]*))?$/i;

/**
 * An address as it may be shown and stored: a user, a password and the values of its query are `…`. What is no http(s) address is returned as it
 * is.
 *
 * @example
 * withoutSecrets("https://ann:secret@host/score?key=abc"); // "https://…@host/score?key=…"
 */
export function withoutSecrets(address: string): string {
  if (!/^https?:/i.test(address)) return address;
  const { start, credentials, place, query } = parts.exec(address)!.groups as Record<string, string>;
  const values = query?.split(/[&#]/).map((part) => (part.includes("=") ? `${part.split("=", 1)[0]}=${leftOut}` : leftOut));
  return `${start}${credentials ? `${leftOut}@` : ""}${place}${values ? `?${values.join("&")}` : ""}`;
}

/** Whether an address has been through `withoutSecrets`, and lacks what it had. */
export const lacksSecrets = (address: string): boolean => /^https?:/i.test(address) && address.includes(leftOut);
