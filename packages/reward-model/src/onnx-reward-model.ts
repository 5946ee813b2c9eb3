import type { RewardModel, ScoreRequest, Tokenizer } from "@cai/contracts";
import { SessionThread } from "#session";
import { sharesScales } from "./batch-scales.ts";
import { checkScores } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";
import { lengthBatches } from "./length-batches.ts";
import { findModel, type ModelFiles } from "./model-files.ts";
import { discoverInputs, type ModelInputs } from "./model-inputs.ts";
import { chooseOutput, type OutputOptions, readScores } from "./model-output.ts";
import { choosePadding, type Padding, type PaddingSide } from "./padding.ts";
import { type ScoreKind, scoreKinds } from "./score-of-logits.ts";
import { type TokenRowOptions, type TruncationSide, tokenRows } from "./token-rows.ts";

/** How an ONNX reward model is loaded and fed. */
export interface OnnxRewardOptions {
  /** The model of a folder, within it: `onnx/model_quantized.onnx`. Default: `model.onnx`, `onnx/model.onnx`, else the only one. */
  readonly file?: string;
  /**
   * `text`: prompt and response are joined and tokenised by the reward model's own tokenizer. `ids`: the policy's ids are fed as they are,
   * right only where both have one tokenizer. Default: `text`; `ids` for an .onnx file without a tokenizer.json beside it.
   */
  readonly input?: "text" | "ids";
  /** Default: the one beside the model. */
  readonly tokenizer?: Tokenizer;
  /** The text to score. Default: the response right after the prompt. */
  readonly template?: (row: { readonly prompt: string; readonly response: string }) => string;
  /** Tokens of a row at most. Default: what the tokenizer or config.json says, else no limit. */
  readonly maxLength?: number;
  /** The side that longer rows lose. Default `left`: the end, with the response, is kept. */
  readonly truncation?: TruncationSide;
  /**
   * Fills shorter rows up on this side, so that rows of different lengths share a run: fewer runs, for a GPU. Only a model that takes an
   * attention_mask and has a pad id can tell padding from text; on the left only a decoder can, that takes position_ids or has rotary ones.
   * Default: nothing is padded, and rows of one length share a run (a model that takes one length only: `right`).
   */
  readonly paddingSide?: PaddingSide;
  /** Where rows are padded. Default: of config.json. */
  readonly padTokenId?: number;
  /** Rows a run. Default 16; a model with dynamic quantisation gets one, as the rows of a run share its scales. */
  readonly batchSize?: number;
  /** The output to read. Default: `logits`, `score` or `scores`, else the only one of floats. */
  readonly output?: string;
  /** Of a model with several classes: the index, or the name in config.json's id2label, of the one that the score is about. */
  readonly label?: string | number;
  /** What of that class is the score. Default `logit`; a model with one number a row gives the logit too. */
  readonly score?: ScoreKind;
  /** Threads of ONNX Runtime. Default: its own choice, one a core. */
  readonly threads?: number;
  /** As onnxruntime-node takes them. Default `["cpu"]`. */
  readonly executionProviders?: readonly (string | { readonly name: string; readonly [setting: string]: unknown })[];
}

/**
 * A reward model in ONNX Runtime. It runs in a thread of its own: the main thread is free while `score` is awaited.
 *
 * Inputs `input_ids`, `attention_mask`, `token_type_ids`, `position_ids` are found by name, int64 or int32; the output has the shape
 * `[rows]`, `[rows, 1]`, or `[rows, classes]` with the option `label`, in float32, float64 or float16. Rows of one length share a run; a
 * row's score doesn't depend on the others. Scores come in the rows' own order. An abort takes effect between runs.
 *
 * @example
 * const rewardModel = await OnnxRewardModel.load("./reward", { threads: 2 });
 * const scores = await rewardModel.score(request); // Float32Array, one number a row
 * await rewardModel.dispose();
 */
export class OnnxRewardModel implements RewardModel {
  readonly #path: string;
  readonly #session: SessionThread;
  readonly #inputs: ModelInputs;
  readonly #outputName: string;
  readonly #output: OutputOptions;
  readonly #tokens: TokenRowOptions;
  /** Undefined: rows of a run have one length. */
  readonly #padding: Padding | undefined;
  readonly #batchSize: number;
  #closed: Promise<void> | undefined;

  private constructor(path: string, session: SessionThread, files: ModelFiles, options: OnnxRewardOptions, alone: boolean) {
    const { config } = files;
    const { output, label, score = "logit", paddingSide: side, padTokenId } = options;
    this.#path = path;
    this.#session = session;
    this.#inputs = discoverInputs(session.inputs, path, config.firstPosition);
    this.#output = { output, label, score, labels: config.labels, independent: config.independentLabels, path };
    this.#outputName = chooseOutput(session.outputs, this.#output);
    this.#tokens = tokenOptions(path, files, options, this.#inputs);
    const tokenizerPadId = this.#tokens.tokenizer?.padTokenId ?? this.#tokens.tokenizer?.eosTokenId;
    this.#padding = choosePadding({ path, inputs: this.#inputs, config, side, padTokenId, tokenizerPadId });
    this.#batchSize = alone ? 1 : (this.#inputs.rows ?? options.batchSize ?? 16);
  }

  /**
   * @param path A folder with model.onnx (or onnx/model.onnx), tokenizer.json and config.json, or an .onnx file.
   * @throws RewardModelError `missing-file`, `missing-runtime`, `bad-model` or `bad-options`; TokenizerError for a tokenizer that can't be read.
   */
  static async load(path: string, options: OnnxRewardOptions = {}): Promise<OnnxRewardModel> {
    for (const name of ["threads", "batchSize", "maxLength"] as const) requirePositive(name, options[name]);
    if (options.score !== undefined && !scoreKinds.includes(options.score))
      throw new RewardModelError("bad-options", `the option score is ${JSON.stringify(options.score)}, wanted ${scoreKinds.join(", ")}`);
    const files = await findModel(path, options.file);
    const alone = await sharesScales(files.modelPath);
    const session = await SessionThread.open(files.modelPath, {
      executionProviders: [...(options.executionProviders ?? ["cpu"])],
      ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: "0" } } }, // waiting threads would take the cores from TensorFlow
    });
    try {
      const model = new OnnxRewardModel(path, session, files, options, alone);
      await model.#checkShape();
      return model;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async score(request: ScoreRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Float32Array> {
    if (this.#closed) throw new RewardModelError("disposed", `reward model ${this.#path} has been disposed of: load it again`);
    const rows = tokenRows(request, this.#tokens);
    const scores = new Array<number>(rows.length);
    const lengths = rows.map((row) => row.length);
    for (const batch of lengthBatches(lengths, { batchSize: this.#batchSize, mixed: this.#padding !== undefined })) {
      signal?.throwIfAborted();
      const batchScores = await this.#run(batch.map((row) => rows[row]!));
      for (const [index, row] of batch.entries()) scores[row] = batchScores[index]!;
    }
    return checkScores(scores, { rows: rows.length, model: this.#path });
  }

  /** Releases the session once the runs under way are done. */
  async dispose(): Promise<void> {
    this.#closed ??= this.#session.close();
    return this.#closed;
  }

  /** A model that doesn't tell how many classes it has shows it by a run: better now than in the first step of a training. */
  async #checkShape(): Promise<void> {
    const output = this.#session.outputs.find(({ name }) => name === this.#outputName);
    if (!output?.isTensor || output.shape.length === 1 || Number(output.shape[1]) > 0) return;
    try {
      await this.#run([Int32Array.of(0)]);
    } catch (error) {
      if (RewardModelError.isInstance(error) && error.code !== "run-failed") throw error;
    }
  }

  async #run(rows: readonly Int32Array[]): Promise<number[]> {
    // A model exported for a fixed number of rows gets its last batch filled up.
    const filled = Array.from({ length: this.#inputs.rows ?? rows.length }, (_, row) => rows[row] ?? rows[0]!);
    try {
      const result = await this.#session.run(this.#inputs.feeds(filled, this.#padding), this.#outputName);
      return readScores(result, filled.length, this.#output).slice(0, rows.length);
    } catch (cause) {
      if (!RewardModelError.isInstance(cause) || cause.code !== "run-failed") throw cause;
      throw new RewardModelError("run-failed", `reward model ${this.#path} failed while scoring: ${cause.message}`, { cause });
    }
  }
}

function tokenOptions(path: string, files: ModelFiles, options: OnnxRewardOptions, inputs: ModelInputs): TokenRowOptions {
  const available = options.tokenizer ?? files.tokenizer;
  const { input = available || files.isFolder ? "text" : "ids" } = options;
  if (input === "text" && available === undefined) {
    throw new RewardModelError(
      "missing-file",
      `${path} has no tokenizer.json: put the reward model's tokenizer beside it, or set the option input to ids where it takes the policy's ids`,
    );
  }
  if (input === "ids" && options.template) throw new RewardModelError("bad-options", "template is for text: choose it or ids, not both");
  const limits = [inputs.columns, options.maxLength ?? files.tokenizer?.modelMaxLength, files.config.maxTokens];
  return {
    tokenizer: input === "text" ? available : undefined,
    template: options.template,
    maxLength: Math.min(...limits.filter((limit) => limit !== undefined)),
    truncation: options.truncation,
    vocabSize: files.config.vocabSize ?? Number.POSITIVE_INFINITY,
  };
}

function requirePositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return;
  throw new RewardModelError("bad-options", `${name} is ${value}, wanted a whole number from 1`);
}
