import type { BrowserBackendChoice } from "@cai/backend/browser";
import type { Hyperparameters } from "@cai/trainer";
import type { BrowserFolder } from "@cai/whole-file/browser";

/** An answer to a held-out prompt, and its reward. */
interface ShownSample {
  readonly prompt: string;
  readonly response: string;
  readonly score: number;
}

/** How to train, where it is other than `tabSettings`. */
export interface TabOptions extends Partial<Hyperparameters> {
  readonly heldOutPrompts?: number;
  /** What to compute on. Default: a GPU where there is one, else WASM. */
  readonly backend?: BrowserBackendChoice;
  /** Where the run is written, a folder in it. Default: nowhere. */
  readonly folder?: BrowserFolder;
}

/** What the page tells the worker. */
export type ToWorker = { readonly start: TabOptions } | { readonly stop: true };

/** What the worker tells the page, in this order. */
export type FromWorker =
  /** What it is doing before the first step. */
  | { readonly preparing: string }
  | { readonly backend: string }
  | { readonly step: { readonly step: number; readonly score: number; readonly kl: number; readonly seconds: number } }
  /** Before the first step (0), and after the last. */
  | { readonly evaluation: { readonly step: number; readonly meanScore: number; readonly samples: readonly ShownSample[] } }
  /** The trained model, zipped: a folder in Hugging Face layout. */
  | { readonly model: Uint8Array<ArrayBuffer> }
  | { readonly failed: string };
