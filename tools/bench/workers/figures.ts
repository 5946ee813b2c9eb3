/** Figures as the page writes them. */
export const ms = (seconds: number): string => (1000 * seconds).toFixed(2);
export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
export const signed = (share: number): string => `${share < 0 ? "−" : "+"}${(100 * Math.abs(share)).toFixed(1)} %`;
