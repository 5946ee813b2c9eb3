import protobuf from "protobufjs/light.js";

/** The part of ONNX's onnx.proto (proto2) that graphs for inference need; field numbers are the format's own. */
const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      edition: "proto2",
      fields: {
        irVersion: { type: "int64", id: 1 },
        producerName: { type: "string", id: 2 },
        graph: { type: "GraphProto", id: 7 },
        opsetImport: { rule: "repeated", type: "OperatorSetIdProto", id: 8 },
        metadataProps: { rule: "repeated", type: "StringStringEntryProto", id: 14 },
      },
    },
    OperatorSetIdProto: { edition: "proto2", fields: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } } },
    StringStringEntryProto: { edition: "proto2", fields: { key: { type: "string", id: 1 }, value: { type: "string", id: 2 } } },
    GraphProto: {
      edition: "proto2",
      fields: {
        node: { rule: "repeated", type: "NodeProto", id: 1 },
        name: { type: "string", id: 2 },
        initializer: { rule: "repeated", type: "TensorProto", id: 5 },
        input: { rule: "repeated", type: "ValueInfoProto", id: 11 },
        output: { rule: "repeated", type: "ValueInfoProto", id: 12 },
      },
    },
    NodeProto: {
      edition: "proto2",
      fields: {
        input: { rule: "repeated", type: "string", id: 1 },
        output: { rule: "repeated", type: "string", id: 2 },
        name: { type: "string", id: 3 },
        opType: { type: "string", id: 4 },
        attribute: { rule: "repeated", type: "AttributeProto", id: 5 },
        domain: { type: "string", id: 7 },
      },
    },
    AttributeProto: {
      edition: "proto2",
      fields: {
        name: { type: "string", id: 1 },
        f: { type: "float", id: 2 },
        i: { type: "int64", id: 3 },
        s: { type: "bytes", id: 4 },
        t: { type: "TensorProto", id: 5 },
        g: { type: "GraphProto", id: 6 },
        floats: { rule: "repeated", type: "float", id: 7 },
        ints: { rule: "repeated", type: "int64", id: 8 },
        strings: { rule: "repeated", type: "bytes", id: 9 },
        type: { type: "int32", id: 20 },
      },
    },
    TensorProto: {
      edition: "proto2",
      fields: {
        dims: { rule: "repeated", type: "int64", id: 1 },
        dataType: { type: "int32", id: 2 },
        floatData: { rule: "repeated", type: "float", id: 4 },
        int32Data: { rule: "repeated", type: "int32", id: 5 },
        int64Data: { rule: "repeated", type: "int64", id: 7 },
        name: { type: "string", id: 8 },
        rawData: { type: "bytes", id: 9 },
        doubleData: { rule: "repeated", type: "double", id: 10 },
        externalData: { rule: "repeated", type: "StringStringEntryProto", id: 13 },
        dataLocation: { type: "int32", id: 14 },
      },
    },
    ValueInfoProto: { edition: "proto2", fields: { name: { type: "string", id: 1 }, type: { type: "TypeProto", id: 2 } } },
    TypeProto: {
      edition: "proto2",
      fields: { tensorType: { type: "Tensor", id: 1 } },
      nested: { Tensor: { fields: { elemType: { type: "int32", id: 1 }, shape: { type: "TensorShapeProto", id: 2 } } } },
    },
    TensorShapeProto: {
      edition: "proto2",
      fields: { dim: { rule: "repeated", type: "Dimension", id: 1 } },
      nested: { Dimension: { fields: { dimValue: { type: "int64", id: 1 }, dimParam: { type: "string", id: 2 } } } },
    },
  },
});

export const messages = {
  model: root.lookupType("ModelProto"),
  graph: root.lookupType("GraphProto"),
  tensor: root.lookupType("TensorProto"),
};

export interface TensorProto {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly doubleData?: readonly number[];
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
}

export interface NodeProto {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute?: readonly AttributeProto[];
}

export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

export interface GraphProto {
  readonly name?: string;
  readonly node?: readonly NodeProto[];
  readonly initializer?: readonly TensorProto[];
  readonly input?: readonly ValueInfoProto[];
  readonly output?: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly graph?: GraphProto;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[];
}
