/** A share with its 95 % interval by Wilson; null for both ends where nothing was tried. */
export interface Share {
  readonly share: number | null
  readonly low: number | null
  readonly high: number | null
}

const z95 = 1.959963984540054

/**
 * The share of successes with its score interval, which holds for few trials and for shares near 0 and 1.
 *
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilson(successes: number, trials: number, z: number = z95): Share {
  if (trials === 0) return { share: null, low: null, high: null }
  const share = successes / trials
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  const middle = share + (z * z) / (2 * trials)
  const scale = 1 + (z * z) / trials
  // Rounding would leave 1 a little short of itself.
  return {
    share,
    low: successes === 0 ? 0 : (middle - spread) / scale,
    high: successes === trials ? 1 : (middle + spread) / scale,
  }
}
