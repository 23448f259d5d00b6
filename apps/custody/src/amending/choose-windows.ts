import type { Ledger, LedgerWindow } from '@custody/ledger'
import type { Window } from '@custody/model'

/** A sealed window that is to be read again. */
export interface ChosenWindow {
  readonly window: Window
  /** Where reading a part of it is enough to see whether it has to be read as a whole. */
  readonly only: Window | null
}

export interface Choice {
  readonly org: string
  /** What was archived just now: it is not read again. */
  readonly archived: readonly Window[]
  /** How much of the time before each of them is read again. */
  readonly overlapMs: number
  /** Each sealed window is read again about once in so many choices; 0: never. */
  readonly audit: number
}

/** Which sealed windows of an org are read again now, by time: those with open gaps, those before what was archived, and a share in turn. */
export async function chooseWindows(
  ledger: Pick<Ledger, 'windows' | 'gaps' | 'leastRecentlyAudited'>,
  { org, archived, overlapMs, audit }: Choice,
): Promise<readonly ChosenWindow[]> {
  const isNew = (window: Window): boolean => archived.some((one) => keyOf(one) === keyOf(window))
  const sealed = (await ledger.windows({ org })).filter((window) => isOriginal(window) && !isNew(window))
  const chosen = new Map<string, ChosenWindow>()
  const choose = ({ from, to }: Window, only: Window | null): void => {
    const known = chosen.get(keyOf({ from, to }))
    // A whole reading is one of every part.
    if (known === undefined || only === null) chosen.set(keyOf({ from, to }), { window: { from, to }, only })
  }

  for (const { from } of archived) {
    const since = new Date(Date.parse(from) - overlapMs).toISOString()
    for (const window of sealed) {
      if (window.from >= from || window.to <= since) continue
      choose(window, window.from >= since ? null : { from: since, to: window.to })
    }
  }
  const incomplete = new Set<string>()
  for await (const gap of ledger.gaps({ org, open: true })) incomplete.add(keyOf(gap.window))
  for (const window of sealed) if (incomplete.has(keyOf(window))) choose(window, null)
  if (audit > 0) {
    // One that is read each time for its gaps must not take the turn of another.
    const inTurn = (await ledger.leastRecentlyAudited({ org, share: 1 })).filter(
      (window) => isOriginal(window) && !isNew(window) && !incomplete.has(keyOf(window)),
    )
    for (const window of inTurn.slice(0, Math.ceil(inTurn.length / audit))) choose(window, null)
  }
  return [...chosen.values()].sort((a, b) => (a.window.from < b.window.from ? -1 : 1))
}

function isOriginal({ state, amends }: LedgerWindow): boolean {
  return state === 'sealed' && !amends
}

function keyOf({ from, to }: Window): string {
  return `${from} ${to}`
}
