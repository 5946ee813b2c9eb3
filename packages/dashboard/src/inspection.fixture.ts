import type { InspectedToken, Inspection } from "./inspection.ts";

const alternatives = [
  { id: 5, text: " time", probability: 0.5 },
  { id: 6, text: "\n", probability: 0.25 },
];

function token(text: string, id: number, numbers: Partial<InspectedToken> = {}): InspectedToken {
  const plain = { logprob: Math.log(0.5), kl: Math.LN2, advantage: 1, value: 0.5, return: 1.5, reward: -0.1, ratio: 1.1 };
  return { text, id, alternatives, ...plain, ...numbers };
}

/** A step of two samples, and the same step with another β, where the advantages are twice as large. */
export function inspectionFixture(): Inspection {
  const rows = [
    {
      prompt: "Once upon",
      promptTokens: [
        { id: 3, text: "Once" },
        { id: 4, text: " upon" },
      ],
      score: 1.5,
      tokens: [token(" a", 7), token(" time", 5, { advantage: -2 }), token("\n", 6), token("<b>It</b>", 8, { logprob: Math.log(0.01) })],
    },
    { prompt: "No", promptTokens: [{ id: 9, text: "No" }], score: -0.5, tokens: [token(" way", 10), token("", 0, { reward: 1 })] },
  ];
  const gradients = [
    { layer: "embedding", norm: 0.5, optimizer: 0 },
    { layer: "block 0", norm: 1.2, optimizer: 0 },
    { layer: "value head", norm: 3, optimizer: 1 },
  ];
  const twice = rows.map((row) => ({ ...row, tokens: row.tokens.map((one) => ({ ...one, advantage: 2 * one.advantage })) }));
  return {
    run: "runs/first",
    step: 7,
    from: 6,
    original: { metrics: { "objective/scores": 0.5, grad_norm: 1.3 }, rows, gradients },
    set: { klCoef: 0.2 },
    other: {
      metrics: { "objective/scores": 0.5, grad_norm: 2.6 },
      rows: twice,
      gradients: gradients.map((one) => ({ ...one, norm: 2 * one.norm })),
    },
    differences: [{ name: "grad_norm", was: 1.3, is: 2.6 }],
  };
}
