import { EndpointError } from "./error.ts";

/** Where requests go, and what they carry. */
interface Address {
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  /** Origin and path: the query may hold a key, so messages leave it out. */
  readonly name: string;
  /** Takes what may be a key out of a text: a server may say in its answer what it was sent. */
  readonly hide: (text: string) => string;
}

/** Shorter words of a header are no keys, and would be hidden in the midst of sentences. */
const shortestSecret = 8;

/**
 * An address and headers, checked; a user and password in the address become the Authorization header.
 *
 * @param kind what messages call it: "reward endpoint"
 * @throws EndpointError `bad-option`, without what a header holds
 */
export function readAddress({
  url,
  headers = {},
  kind,
}: {
  readonly url: string;
  readonly headers?: { readonly [name: string]: string };
  readonly kind: string;
}): Address {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new EndpointError("bad-option", `${withoutSecrets(url)} is no address of a ${kind}: wanted http://… or https://…`);
  const { authorization, password } = takeCredentials(address);
  const all = { ...authorization, ...headers };
  for (const [name, value] of Object.entries(all)) refuseUnsendable(name, value);
  const words = Object.values(all).flatMap((value) => value.split(/\s+/));
  const secrets = [...words, password, ...address.searchParams.values()].filter(({ length }) => length >= shortestSecret);
  return {
    url: address,
    headers: all,
    name: address.origin + address.pathname,
    hide: (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, "…"), text),
  };
}

/** What is no address that can be taken apart, without what may be a password or key in it. */
const withoutSecrets = (url: string): string =>
  String(url)
    .replace(/\/\/[^/@]*@/, "//")
    .replace(/\?.*/s, "");

function takeCredentials(address: URL): { readonly authorization: { readonly authorization?: string }; readonly password: string } {
  const [username, password] = [decoded(address.username), decoded(address.password)];
  address.username = "";
  address.password = "";
  if (username === "" && password === "") return { authorization: {}, password };
  return { authorization: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` }, password };
}

/** A part of an address, without its %…; as it is where those are none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function refuseUnsendable(name: string, value: string): void {
  try {
    new Headers({ [name]: value });
  } catch {
    throw new EndpointError("bad-option", `the header ${JSON.stringify(name)} can't be sent: its name or value holds what no header may`);
  }
}
