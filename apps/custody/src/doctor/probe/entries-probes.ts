import { defaultWire } from '@custody/entries-source'
import { member } from './ask.ts'
import { doesNotHold, notTold, type Probe, type ProbeOutcome, safeWords, told } from './probe.ts'
import { nextTokenOf, type ProbedOrg, rowsOf, timeOf, wholePage } from './probed-org.ts'

const { recordLimit, pageToken, start } = defaultWire.parameters

/** How the Conversation Data API pages and what its envelope holds. */
export const entriesProbes: readonly Probe[] = [
  {
    name: 'envelope',
    section: 'Entries',
    assumption: 'the answer is `{ "conversationEntries": […] }`',
    isSilent: false,
    calls: 0,
    run: onWhole(async (rows, probed) => {
      const { document } = await probed.entries(wholePage)
      const fields = safeWords(Object.keys((document ?? {}) as object))
      return told(Array.isArray(member(document, defaultWire.page.entries)), { fields, entries: rows.length })
    }),
  },
  {
    name: 'record-limit',
    section: 'Entries',
    assumption: '`recordLimit`, 1 to 1000',
    isSilent: false,
    calls: 2,
    run: onWhole(async (rows, probed) => {
      const one = await probed.entries({ [recordLimit]: 1 })
      const beyond = (await probed.entries({ [recordLimit]: defaultWire.maxRecordLimit + 1 })).status
      if (rows.length < 2) return notTold('the conversation has fewer than two entries', { beyond })
      return told(one.status === 200 && rowsOf(one).length === 1, { ofOne: rowsOf(one).length, beyond })
    }),
  },
  {
    name: 'page-tokens',
    section: 'Entries',
    assumption: 'more pages are told by `nextPageToken`, asked for by `pageToken`',
    isSilent: false,
    calls: 1,
    run: onWhole(async (rows, probed) => {
      const first = await probed.entries({ [recordLimit]: 1 })
      if (rows.length < 2 || rowsOf(first).length !== 1) return notTold('no page with more behind it was seen')
      const token = nextTokenOf(first)
      if (token === null) return doesNotHold({ token: false })
      const second = await probed.entries({ [recordLimit]: 1, [pageToken ?? '']: token })
      const [one] = rowsOf(first).map(identifierOf)
      const [other] = rowsOf(second).map(identifierOf)
      return told(other !== undefined && other !== one, { token: true, status: second.status })
    }),
  },
  {
    name: 'tokens-to-the-end',
    section: 'Entries',
    assumption: 'an org that gave a token once gives one with every page that is not the last',
    isSilent: true,
    calls: 6,
    run: onWhole(tokensToTheEnd),
  },
  {
    name: 'time-bounds',
    section: 'Entries',
    assumption: '`startTimestamp`, `endTimestamp`: epoch milliseconds',
    isSilent: false,
    calls: 1,
    run: onWhole(timeBounds),
  },
  {
    name: 'default-page',
    section: 'Entries',
    assumption: 'without tokens, no page is cut below 20 entries',
    isSilent: false,
    calls: 1,
    run: onWhole(async (rows, probed) => {
      const page = rowsOf(await probed.entries()).length
      if (rows.length <= defaultWire.smallestPage) return notTold('the conversation is too short', { page })
      return told(page >= defaultWire.smallestPage, { page, entries: rows.length })
    }),
  },
]

/** A probe on all entries of the conversation. */
export function onWhole(
  look: (rows: readonly unknown[], probed: ProbedOrg) => Promise<ProbeOutcome> | ProbeOutcome,
): Probe['run'] {
  return async (probed) => {
    const answer = await probed.entries(wholePage)
    if (answer.status !== 200)
      return notTold('the Conversation Data API did not answer with entries', { status: answer.status })
    const rows = rowsOf(answer)
    return rows.length === 0 ? notTold('the conversation has no entries') : await look(rows, probed)
  }
}

export function identifierOf(row: unknown): unknown {
  return member(row, 'identifier')
}

async function tokensToTheEnd(rows: readonly unknown[], probed: ProbedOrg): Promise<ProbeOutcome> {
  if (nextTokenOf(await probed.entries(wholePage)) !== null) return notTold('the conversation has more than one page')
  if (rows.length < 3) return notTold('the conversation has fewer than three entries')
  // Few pages, however long it is.
  const limit = Math.max(2, Math.ceil(rows.length / 5))
  const seen = new Set<unknown>()
  let pages = 0
  for (let token: string | null = '', most = 6; token !== null && pages < most; pages++) {
    const page = await probed.entries({ [recordLimit]: limit, ...(token !== '' && { [pageToken ?? '']: token }) })
    for (const row of rowsOf(page)) seen.add(identifierOf(row))
    token = nextTokenOf(page)
    if (pages === 0 && token === null) return notTold('the org gives no tokens', { page: rowsOf(page).length })
  }
  return told(seen.size === rows.length, { found: seen.size, entries: rows.length, pages })
}

/** Whether asking from a time on gives what came from then on. */
export async function timeBounds(rows: readonly unknown[], probed: ProbedOrg): Promise<ProbeOutcome> {
  const times = rows.flatMap((row) => timeOf(row) ?? []).sort((a, b) => a - b)
  const bound = times[Math.floor(times.length / 2)]
  if (bound === undefined || bound === times[0]) return notTold('the entries have too few times')
  const page = await probed.entries({ ...wholePage, [start]: bound })
  const found = rowsOf(page).flatMap((row) => timeOf(row) ?? [])
  const isInclusive = found.includes(bound)
  const expected = times.filter((time) => (isInclusive ? time >= bound : time > bound)).length
  const observed = { status: page.status, isInclusive, found: found.length, expected, entries: rows.length }
  return told(page.status === 200 && found.length === expected, observed)
}
