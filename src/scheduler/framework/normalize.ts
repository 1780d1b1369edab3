/** Brings scores to 0..100 by their maximum, as plugins/helper DefaultNormalizeScore does (integer division). */

export const maxNodeScore = 100;

/** In place; with `reverse` the greatest raw score becomes 0. All zero stays 0, or becomes 100 with `reverse`. */
export function normalizeScores(scores: number[], options: { readonly reverse: boolean }): void {
  const max = scores.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < scores.length; i += 1) {
    const scaled = max === 0 ? 0 : Math.floor((maxNodeScore * (scores[i] as number)) / max);
    scores[i] = options.reverse ? maxNodeScore - scaled : scaled;
  }
}
