import type { ProbedOrg } from './probed-org.ts'

/** What a probe says about an assumption. `not-told`: this org, or this conversation, does not show it. */
export type ProbeVerdict = 'holds' | 'does-not-hold' | 'not-told'

/** Figures, yes or no, and words of Salesforce's own: never what somebody wrote, who somebody is, or an id. */
export type Observed = Readonly<Record<string, number | boolean | string | null | readonly string[]>>

export interface ProbeOutcome {
  readonly verdict: ProbeVerdict
  readonly observed: Observed
}

/** Tries out one assumption. Reads only. */
export interface Probe {
  readonly name: string
  /** The heading of docs/assumptions.md under which it stands. */
  readonly section: string
  /** The row there, from its beginning on. */
  readonly assumption: string
  /** Marked ⚠ there: where it does not hold, data could be missing without a sign. */
  readonly isSilent: boolean
  /** The most requests it makes that no other probe has made before. */
  readonly calls: number
  readonly run: (org: ProbedOrg) => Promise<ProbeOutcome> | ProbeOutcome
}

export function holds(observed: Observed = {}): ProbeOutcome {
  return { verdict: 'holds', observed }
}

export function doesNotHold(observed: Observed = {}): ProbeOutcome {
  return { verdict: 'does-not-hold', observed }
}

/** `why` says what was lacking. */
export function notTold(why: string, observed: Observed = {}): ProbeOutcome {
  return { verdict: 'not-told', observed: { ...observed, why } }
}

export function told(isSo: boolean, observed: Observed = {}): ProbeOutcome {
  return isSo ? holds(observed) : doesNotHold(observed)
}

/**
 * Words that may stand in the outcome: names of fields, roles, entry types. Anything longer, or with a space in it, might be
 * something that somebody wrote.
 */
export function safeWords(words: Iterable<unknown>): readonly string[] {
  const distinct = new Set<string>()
  for (const word of words) {
    distinct.add(typeof word === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,59}$/.test(word) ? word : '(not a word)')
  }
  return [...distinct].sort().slice(0, 100)
}
