import { existsSync } from "node:fs";
import { HUB_URL, HubApiError } from "@huggingface/hub";
import { type DownloadProgress, downloadSnapshot } from "./download-snapshot.ts";
import { HubError } from "./error.ts";
import { parseHubId } from "./hub-id.ts";
import { onnxFiles } from "./onnx-files.ts";
import { policyFiles } from "./policy-files.ts";
import { offline, refusal } from "./refusal.ts";
import { cachedSnapshot, modelCache } from "./snapshot.ts";
import type { WantedFiles } from "./wanted-files.ts";

export interface ResolveModelOptions {
  /** Branch, tag or commit, where the source names none. Default: `main`. */
  readonly revision?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Default: `HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`. */
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
  /** Default: `HF_ENDPOINT`, else https://huggingface.co. */
  readonly endpoint?: string;
  /** Default: `HF_TOKEN`. */
  readonly token?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * The local folder of a model: a path that exists is returned as it is; `owner/name`, `name` and either with `@revision` are models of the
 * Hugging Face hub, downloaded into its standard cache, which Python's huggingface_hub shares. Only what a policy needs comes:
 * configuration, tokenizer, chat template, safetensors; checked by size and hash, and a broken download goes on where it stopped.
 * A model that is in the cache is used without any request; to take a newer one, name its revision.
 *
 * @throws HubError; the signal's reason; the file system's errors
 * @example
 * const folder = await resolveModel("HuggingFaceTB/SmolLM2-135M-Instruct");
 * const policy = await loadPolicy(folder);
 */
export async function resolveModel(source: string, options: ResolveModelOptions = {}): Promise<string> {
  return resolveFiles(source, policyFiles, options);
}

/**
 * As `resolveModel`, for a model in ONNX, a reward model for one: configuration, tokenizer and `model.onnx` or `onnx/model.onnx` come, with
 * the external data beside it (`model.onnx_data`), and no weights of another kind.
 *
 * @param options.file The ONNX model to take instead, within the repository: `onnx/model_quantized.onnx`.
 * @throws HubError, `unusable` where the repository has no ONNX model; the signal's reason; the file system's errors
 * @example
 * const folder = await resolveOnnxModel("owner/reward");
 * const rewardModel = await OnnxRewardModel.load(folder);
 */
export async function resolveOnnxModel(
  source: string,
  { file, ...options }: ResolveModelOptions & { readonly file?: string } = {},
): Promise<string> {
  return resolveFiles(source, onnxFiles(file), options);
}

async function resolveFiles(source: string, wanted: WantedFiles, options: ResolveModelOptions): Promise<string> {
  if (existsSync(source)) return source;
  const id = parseHubId(source, options.revision);
  const cache = modelCache(id, options.cacheDir);
  const { folder, missing } = await cachedSnapshot(cache, id, wanted);
  if (missing.length === 0) return folder;
  if (/^(1|on|yes|true)$/i.test(process.env.HF_HUB_OFFLINE ?? ""))
    throw offline(id, { folder, missing, optional: wanted.optional, why: "HF_HUB_OFFLINE is set" });

  const { signal, fetch = globalThis.fetch, onProgress = () => undefined } = options;
  const endpoint = (options.endpoint || process.env.HF_ENDPOINT || HUB_URL).replace(/\/+$/, "");
  const token = options.token || process.env.HF_TOKEN || undefined;
  if (token !== undefined && !token.startsWith("hf_"))
    throw new HubError("no-access", "HF_TOKEN is no token of the hub: those begin with hf_");
  signal?.throwIfAborted();
  try {
    return await downloadSnapshot({
      id,
      wanted,
      cache,
      endpoint,
      token,
      fetch,
      signal,
      stallMs: milliseconds("HF_HUB_DOWNLOAD_TIMEOUT"),
      answerMs: milliseconds("HF_HUB_ETAG_TIMEOUT"),
      onProgress,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof HubApiError) throw refusal(error, id, { endpoint, hasToken: token !== undefined });
    if (HubError.isInstance(error) || (error as NodeJS.ErrnoException).errno !== undefined) throw error;
    const why = `${endpoint} can't be reached (${reasonOf(error)})`;
    throw offline(id, { ...(await cachedSnapshot(cache, id, wanted)), optional: wanted.optional, why, cause: error });
  }
}

/** Python's settings and their default, in seconds there. */
function milliseconds(setting: "HF_HUB_DOWNLOAD_TIMEOUT" | "HF_HUB_ETAG_TIMEOUT"): number {
  const seconds = Number(process.env[setting]);
  return 1000 * (seconds > 0 && Number.isFinite(seconds) ? seconds : 10);
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : ((cause as NodeJS.ErrnoException | undefined)?.code ?? message);
}
