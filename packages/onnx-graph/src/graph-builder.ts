import { type Attribute, attributeProto } from "./attribute.ts";
import { checkGraph } from "./check-graph.ts";
import { encodeModel, type Initializer } from "./encode.ts";
import { OnnxGraphError } from "./error.ts";
import type { GraphProto, NodeProto, ValueInfoProto } from "./schema.ts";
import { type DataType, dataTypes, type TensorData, tensorBytes } from "./tensor.ts";

/** Of the model as a whole; a graph that is the body of a node needs none of it. */
export interface ModelOptions {
  /** Names that the builder makes up begin with it: give one to each body, so that its names differ from those around it. */
  readonly name?: string;
  /** Version of ONNX's own operators. Default 17, which every ONNX Runtime since 1.12 knows. */
  readonly opset?: number;
  /** Versions of other operator sets, by domain: `{ "com.microsoft": 1 }`. */
  readonly domains?: { readonly [domain: string]: number };
  /** Version of the file format. Default 8, which goes with opset 17. */
  readonly irVersion?: number;
  /** Free text for readers of the file: licence, sources. */
  readonly metadata?: { readonly [key: string]: string };
}

/** Of a node. */
export interface NodeOptions {
  readonly attributes?: { readonly [name: string]: Attribute };
  /** The operator set that it is of. Default: ONNX's own. */
  readonly domain?: string;
  readonly name?: string;
}

/**
 * Builds an ONNX graph. Every method that makes a value returns its name, which later nodes take as input. Operators are plain text:
 * whatever the runtime knows can be used.
 *
 * @example
 * const graph = new GraphBuilder();
 * const x = graph.input("x", "float32", ["batch", 2]);
 * const weight = graph.initializer({ type: "float32", shape: [2, 1], data: [3, 4] });
 * graph.output(graph.node("MatMul", [x, weight], { output: "y" }), "float32", ["batch", 1]);
 * const bytes = graph.toBytes(); // InferenceSession.create(bytes) of onnxruntime-node runs it
 */
export class GraphBuilder {
  readonly #options: ModelOptions;
  readonly #names = new Set<string>();
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #made = new Map<string, string>();

  constructor(options: ModelOptions = {}) {
    this.#options = options;
  }

  /** Declares an input. A size that is a name is free, and equal wherever the name stands again. */
  input(name: string, type: DataType, shape: readonly (number | string)[]): string {
    this.#inputs.push(valueInfo(this.#claim(name), type, shape));
    return name;
  }

  /**
   * Adds a constant tensor. Its array is kept, not copied: leave it as it is until `toBytes` has returned.
   *
   * @throws OnnxGraphError `invalid-tensor` where shape, type and data don't agree.
   */
  initializer(tensor: TensorData, name: string = this.#freeName("constant")): string {
    const bytes = tensorBytes(tensor, name);
    this.#initializers.push({ name: this.#claim(name), type: tensor.type, shape: tensor.shape, bytes });
    return name;
  }

  /** A float32 constant of shape `[]`: one in the graph, however often its number is asked for. */
  number(value: number): string {
    const data = [value];
    return this.once(`number ${Object.is(value, -0) ? "-0" : value}`, () => this.initializer({ type: "float32", shape: [], data }));
  }

  /** An int64 constant of one axis, such as a shape or a list of axes: one in the graph, however often these numbers are asked for. */
  integers(...values: readonly number[]): string {
    return this.once(`integers ${values}`, () => this.initializer({ type: "int64", shape: [values.length], data: values }));
  }

  /**
   * The value that goes by `key`, which is no value's name: `make` is called when it is first asked for.
   *
   * @example
   * const x = graph.input("x", "float32", [2]);
   * const magnitude = graph.once(`magnitude ${x}`, () => graph.node("Abs", [x]));
   */
  once(key: string, make: () => string): string {
    const name = this.#made.get(key) ?? make();
    this.#made.set(key, name);
    return name;
  }

  /**
   * Adds a constant tensor whose bytes, little-endian and row-major, are the whole of a file beside the model's. ONNX Runtime also takes such
   * files from memory (its session option `externalData`), and then copies none of them.
   */
  externalInitializer({ type, shape, location }: Pick<TensorData, "type" | "shape"> & { readonly location: string }, name: string): string {
    this.#initializers.push({ name: this.#claim(name), type, shape, bytes: { location } });
    return name;
  }

  /** Adds a node with one output. An input that is left out, as some operators allow, is "". */
  node(opType: string, inputs: readonly string[], options: NodeOptions & { readonly output?: string } = {}): string {
    const output = options.output ?? this.#freeName(opType);
    this.nodeWithOutputs(opType, inputs, [output], options);
    return output;
  }

  /** Adds a node with the outputs named; one that is left out is "". */
  nodeWithOutputs(opType: string, inputs: readonly string[], outputs: readonly string[], options: NodeOptions = {}): void {
    const attribute = Object.entries(options.attributes ?? {}).map(([name, value]) => attributeProto(name, value));
    for (const output of outputs) if (output !== "") this.#claim(output);
    this.#nodes.push({
      input: inputs,
      output: outputs,
      name: options.name ?? `${opType}#${this.#nodes.length}`,
      opType,
      attribute,
      domain: options.domain ?? "",
    });
  }

  /** Declares that a value made before is an output of the graph. */
  output(name: string, type: DataType, shape: readonly (number | string)[]): void {
    this.#outputs.push(valueInfo(name, type, shape));
  }

  /**
   * The model as a file's bytes. The same calls give the same bytes; each initialiser is copied once.
   *
   * @throws OnnxGraphError `invalid-graph` where a node or an output names a value that doesn't exist before it; `too-large` from 2 GiB on.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const graph = this.#graph();
    const initializers = this.#initializers;
    checkGraph({ ...graph, initializer: initializers });
    const { opset = 17, domains = {}, irVersion = 8, metadata = {} } = this.#options;
    const imported: { domain: string; version: number }[] = [{ domain: "", version: opset }];
    for (const [domain, version] of Object.entries(domains)) imported.push({ domain, version });
    const model = {
      irVersion,
      producerName: "@cai/onnx-graph",
      opsetImport: imported,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    };
    return encodeModel({ model, graph, initializers });
  }

  /** The graph as the body of a node. @internal */
  toProto(): GraphProto {
    const initializer = this.#initializers.map(({ name, type, shape, bytes }) => {
      if (!(bytes instanceof Uint8Array)) throw new OnnxGraphError("invalid-graph", `${name}: a node's body holds its constants itself`);
      return { name, dataType: dataTypes[type].code, dims: shape, rawData: bytes };
    });
    return { ...this.#graph(), initializer };
  }

  #graph(): GraphProto {
    return { name: this.#options.name ?? "graph", node: this.#nodes, input: this.#inputs, output: this.#outputs };
  }

  #claim(name: string): string {
    if (name === "") throw new OnnxGraphError("invalid-graph", "an input, initialiser or output has an empty name");
    if (this.#names.has(name)) {
      throw new OnnxGraphError("invalid-graph", `there is a value named ${name} already: every value is made once`);
    }
    this.#names.add(name);
    return name;
  }

  #freeName(kind: string): string {
    const stem = this.#options.name === undefined ? kind : `${this.#options.name}/${kind}`;
    let name = stem;
    for (let count = 1; this.#names.has(name); count += 1) name = `${stem}_${count}`;
    return name;
  }
}

function valueInfo(name: string, type: DataType, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: dataTypes[type].code, shape: { dim } } } };
}
