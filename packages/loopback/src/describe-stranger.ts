const names = ["127.0.0.1", "localhost"];

/**
 * Why a request isn't answered: it doesn't reach this machine by its own name, or comes from another page. A page elsewhere whose name was made to
 * point here (DNS rebinding) has another Host, one that asks across origins another Origin. Programs send no Origin.
 *
 * @returns undefined where it is answered
 */
export function describeStranger(headers: Headers, port: number): string | undefined {
  const own = names.map((name) => `${name}:${port}`);
  const [host, origin] = [headers.get("host"), headers.get("origin")];
  if (host === null || !own.includes(host)) return "this address is for this machine alone: ask 127.0.0.1 or localhost";
  if (origin !== null && !own.map((one) => `http://${one}`).includes(origin)) return "another page may not ask here";
  return undefined;
}
