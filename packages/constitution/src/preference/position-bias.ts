/**
 * How far a judge leans to the answer that it is shown first: (P(it | shown first) − P(it | shown second)) / 2, from −0.5 to 0.5. 0 is none; 0.5 is
 * a judge that always takes the first, whatever it says.
 *
 * @example
 * positionBias({ shownFirst: 0.75, shownSecond: 0.25 }); // 0.25
 */
export function positionBias({ shownFirst, shownSecond }: { readonly shownFirst: number; readonly shownSecond: number }): number {
  return (shownFirst - shownSecond) / 2;
}
