import { leftPadded } from "@cai/testing";
import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { packTokens } from "./input-columns.ts";
import { holdBeginningsOnce } from "./shared-beginnings.ts";
import type { AttentionInput } from "./tensor-operations.ts";

/** Texts of which the first `shareable` tokens may be held with another's. */
const heldOf = (texts: number[][], shareable: number[]) => holdBeginningsOnce(packTokens(leftPadded(texts)), Int32Array.from(shareable));

test("texts are held once up to where they part, whatever stands between them", () => {
  const { ids, positions, placesOf } = heldOf(
    [
      [1, 2, 3, 8],
      [7, 2, 3, 8],
      [1, 2, 3, 9],
      [1, 2, 4],
    ],
    [3, 3, 3, 2],
  );
  expect([...ids]).toEqual([1, 2, 3, 8, /**/ 7, 2, 3, 8, /**/ 9, /**/ 4]);
  expect([...positions]).toEqual([0, 1, 2, 3, /**/ 0, 1, 2, 3, /**/ 3, /**/ 2]);
  expect([...placesOf(Int32Array.of(3, 7, 11, -1, 14, 12))]).toEqual([3, 7, 8, -1, 9, 0]);
});

test("what a text has of its own is held by itself, though another has the same", () => {
  const { ids, placesOf } = heldOf(
    [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2],
    ],
    [2, 2, 1],
  );
  expect([...ids]).toEqual([1, 2, 3, /**/ 3, /**/ 2]);
  expect([...placesOf(Int32Array.of(2, 5, 7))]).toEqual([2, 3, 4]);
});

test("attention sees whole texts, and gives what is held; both ways gradients are sums over a row's texts", async () => {
  await tf.setBackend("cpu");
  const { attending } = heldOf(
    [
      [1, 2, 3],
      [1, 2, 4],
    ],
    [2, 2],
  );
  let seen: tf.Tensor2D | undefined;
  const attend = attending(({ queryKeyValue }) => {
    seen = queryKeyValue;
    return tf.mul(queryKeyValue, tf.tensor2d([1, 2, 3, 4, 5, 6], [6, 1]));
  });
  const input = (queryKeyValue: tf.Tensor2D): AttentionInput => ({ layer: 0, queryKeyValue, heads: 1, keyValueHeads: 1 });
  const rows = tf.tensor2d([10, 20, 30, 40], [4, 1]);
  expect([...attend(input(rows)).dataSync()]).toEqual([10, 40, 90, 240]);
  expect([...seen!.dataSync()]).toEqual([10, 20, 30, 10, 20, 40]);
  // Of the second text's copies nothing is read, so that nothing flows back from them.
  expect([
    ...tf
      .grad((x) => tf.sum(attend(input(x as tf.Tensor2D))))(rows)
      .dataSync(),
  ]).toEqual([1, 2, 3, 6]);
});

test("where fewer than an eighth of the tokens would be saved, all are held", () => {
  const texts = [
    [1, 2, 3, 4, 5],
    [1, 6, 7, 8],
  ];
  expect([...heldOf(texts, [4, 3]).ids]).toEqual(texts.flat());
  expect([...heldOf([...texts, [1, 9]], [4, 3, 1]).ids]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const alone = heldOf([[1, 2, 3]], [2]);
  expect([...alone.placesOf(Int32Array.of(2, -1))]).toEqual([2, -1]);
});
