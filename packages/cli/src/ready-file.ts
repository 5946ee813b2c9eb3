import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { CliError } from "./error.ts";

/** A file that tells a probe whether a process can work: it is there, and was touched a few seconds ago. */
export class ReadyFile {
  readonly #path: string;
  #isWritten = false;

  /** What an earlier process left there is removed. */
  constructor(path: string) {
    this.#path = path;
    rmSync(path, { force: true });
  }

  /** @throws CliError `usage` where it can't be written. */
  write(): void {
    try {
      writeFileSync(this.#path, `${process.pid}\n`);
    } catch (cause) {
      throw new CliError("usage", `the ready file can't be written: ${(cause as Error).message}`, { cause });
    }
    this.#isWritten = true;
  }

  /** Touches it, once it was written. */
  renew(): void {
    if (!this.#isWritten) return;
    const now = new Date();
    try {
      utimesSync(this.#path, now, now);
    } catch {} // somebody has removed it: the probe then says so
  }

  remove(): void {
    this.#isWritten = false;
    rmSync(this.#path, { force: true });
  }
}
