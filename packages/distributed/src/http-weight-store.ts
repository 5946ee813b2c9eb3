import { type ByteEndpoint, byteEndpoint } from "@cai/endpoint";
import { InFlight } from "./in-flight.ts";
import { mostObjectBytes, type WeightStore } from "./weight-store.ts";

export interface HttpWeightStoreOptions {
  /** Objects are asked for by GET, PUT and DELETE at `<url>/<run>/<name>`. */
  readonly url: string;
  /** Goes along as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** For each request. Default 60,000. */
  readonly timeoutMs?: number;
  /** Further tries of a request. Default 4. */
  readonly retries?: number;
  /** The wait before the first of them, which doubles. Default 500. */
  readonly backoffMs?: number;
}

/** Weights behind an address: `cai weights-store`, or any store of objects that takes GET, PUT and DELETE with a bearer token. */
export class HttpWeightStore implements WeightStore {
  readonly #endpoint: ByteEndpoint;
  /** What was put and not dropped since, by run: a store of objects removes no folders. */
  readonly #there = new Map<string, Set<string>>();

  /** @throws EndpointError `bad-option` */
  constructor({ url, token, ...patience }: HttpWeightStoreOptions) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#endpoint = byteEndpoint({ ...patience, url, headers, kind: "store of weights", maxAnswerBytes: mostObjectBytes });
  }

  /** @throws EndpointError `endpoint-failed` */
  async put(run: string, name: string, bytes: Uint8Array): Promise<void> {
    await this.#endpoint.put(pathOf(run, name), bytes as Uint8Array<ArrayBuffer>);
    const there = this.#there.get(run) ?? new Set();
    this.#there.set(run, there.add(name));
  }

  /** @throws EndpointError `endpoint-failed`, `bad-answer` */
  get(run: string, name: string): Promise<Uint8Array | undefined> {
    return this.#endpoint.get(pathOf(run, name));
  }

  async drop(run: string, names: readonly string[]): Promise<void> {
    const inFlight = new InFlight();
    for (const name of names)
      await inFlight.start(0, async () => {
        await this.#endpoint.delete(pathOf(run, name));
        this.#there.get(run)?.delete(name);
      });
    await inFlight.end();
  }

  /** Lets all go that this put. */
  async removeRun(run: string): Promise<void> {
    await this.drop(run, [...(this.#there.get(run) ?? [])]);
    this.#there.delete(run);
  }
}

const pathOf = (run: string, name: string): string => `${run}/${name}`;
