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

/** Shorter words of a header are no keys, and would be hidden in the midst of sentences; so would be other secrets that are shorter still. */
const shortest = { word: 8, secret: 4 };

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
    throw new EndpointError("bad-option", `${bare(url)} is no address of a ${kind}: wanted http://… or https://…`);
  const { authorization, credentials } = takeCredentials(address);
  const all = { ...authorization, ...headers };
  for (const [name, value] of Object.entries(all)) refuseUnsendable(name, value);
  const words = Object.values(all).flatMap((value) => value.split(/\s+/));
  const others = [...credentials, ...address.searchParams.values()].flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const secrets = [
    ...words.filter(({ length }) => length >= shortest.word),
    ...others.filter(({ length }) => length >= shortest.secret),
  ].sort((a, b) => b.length - a.length); // one may be part of another
  return {
    url: address,
    headers: all,
    name: address.origin + address.pathname,
    hide: (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, "…"), text),
  };
}

/** What is no address that can be taken apart, without what may be a password or key in it. */
const bare = (url: string): string =>
  String(url)
    .replace(/\/\/[^/@]*@/, "//")
    .replace(/\?.*/s, "");

function takeCredentials(address: URL): { readonly authorization: { readonly authorization?: string }; readonly credentials: string[] } {
  const [username, password] = [decoded(address.username), decoded(address.password)];
  address.username = "";
  address.password = "";
  if (username === "" && password === "") return { authorization: {}, credentials: [] };
  const authorization = `Basic ${base64(`${username}:${password}`)}`;
  return { authorization: { authorization }, credentials: [username, password] };
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

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
