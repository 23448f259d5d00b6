import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findArchives, readConversations, type VerifyReport, verify } from '@custody/archive'
import type { EntrySeen, Ledger } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import { entryReader } from './entry-seen.ts'
import { remembranceOf, someGap } from './remember-run.ts'

/** What came of making a ledger anew. */
export interface Rebuilt {
  /** Names of the archives it knows now. */
  readonly archives: readonly string[]
  /** Those that could not be believed: their time counts as not archived. */
  readonly refused: readonly string[]
  /** Conversations that were erased from them: they are not known any more, and would come late if Salesforce still has them. */
  readonly erased: number
}

export interface RebuildOptions {
  readonly ledger: Ledger
  readonly ledgerKey: Uint8Array
  readonly org: string
  /** Where the archives of the org stand. */
  readonly archives: string
  readonly signal: AbortSignal
}

/** Beside a ledger that is being made anew: one that has it is not whole. */
export const rebuildMark = 'ledger.rebuilding'

/**
 * Notes that a ledger that is not there is to be made from archives, before it is made: a process that dies over it leaves no ledger that
 * passes for whole.
 *
 * @returns whether it is to be made anew
 */
export async function markLost(directory: string, archives: string, org: string): Promise<boolean> {
  const mark = join(directory, rebuildMark)
  if (existsSync(mark)) return true
  if (existsSync(join(directory, 'ledger.sqlite'))) return false
  if (!(await findArchives(archives)).some((path) => isOf(path, org))) return false
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(mark, '', { mode: 0o600, flush: true })
  return true
}

export async function unmarkLost(directory: string): Promise<void> {
  await rm(join(directory, rebuildMark), { force: true })
}

/**
 * Makes a ledger anew from the archives that are at hand, each of them verified. May be repeated.
 *
 * Which entries stand where is known again, so what comes late or vanishes is found as ever. What they said is known of plain archives
 * only; of redacted ones the next reading of each window takes what it finds. What had vanished before is found to be so once more.
 */
export async function rebuildLedger({ ledger, org, archives, ...options }: RebuildOptions): Promise<Rebuilt> {
  const reports: VerifyReport[] = []
  const refused: string[] = []
  for (const path of await findArchives(archives)) {
    if (!isOf(path, org)) continue
    const report = await verify(path, { signal: options.signal }).catch(unreadable)
    if (report?.verdict === 'valid' && report.run?.org === org) reports.push(report)
    else refused.push(path)
  }
  // An archive before what amends it: nothing amends a time that is not sealed.
  const order = ({ run }: VerifyReport): string => `${run?.amends === undefined ? 0 : 1} ${run?.finishedAt}`
  reports.sort((a, b) => (order(a) < order(b) ? -1 : 1))
  const known = new Set((await ledger.runs({ org, state: 'archived' })).map(({ id }) => id))
  for (const report of reports) {
    if (known.has(report.run?.run.runId ?? '')) continue
    await takeIn(report, ledger, org, options)
  }
  return {
    archives: reports.flatMap(({ run }) => run?.archive ?? []),
    refused,
    erased: reports.reduce((sum, { erased }) => sum + erased, 0),
  }
}

async function takeIn(
  { run, path, seal, tagManifestSha256 }: VerifyReport,
  ledger: Ledger,
  org: string,
  { ledgerKey, signal }: Pick<RebuildOptions, 'ledgerKey' | 'signal'>,
): Promise<void> {
  if (run === null) return
  const { window, verdict, archive, mode } = run
  const { runId: id, asked } = run.run
  const amends = run.amends !== undefined
  if ((await ledger.runs({ org })).some((one) => one.id === id)) await ledger.resumeRun(id)
  else await ledger.beginRun({ id, org, window, jobDigest: 'rebuilt' })
  const { kind } = await remembranceOf(ledger, { orgAlias: org, window, limit: limitOf(asked) })
  if (kind === 'beside' && !amends) {
    await ledger.commitRun(id, { archive, verdict })
    return
  }
  const seen = entryReader(ledgerKey)
  async function* rows(): AsyncGenerator<EntrySeen> {
    for await (const conversation of readConversations(path)) {
      for (const entry of seen(conversation)) yield mode === 'plain' ? entry : { ...entry, digest: null }
    }
  }
  await ledger.recordEntries(id, rows(), { signal })
  if (verdict === 'incomplete') await ledger.recordGaps(id, [{ window, code: someGap }])
  const { id: windowId } = await ledger.openWindow({ org, ...window, amends })
  await ledger.settleWindow(windowId)
  const digest = seal === null ? (tagManifestSha256 ?? '') : seal.digest
  await ledger.commitRun(id, { archive, verdict, seals: [{ window: windowId, sealDigest: digest }] })
}

function limitOf(asked: unknown): number | null {
  const limit = typeof asked === 'object' && asked !== null && 'limit' in asked ? asked.limit : null
  return typeof limit === 'number' ? limit : null
}

/** By name: others may lie beside it. */
function isOf(path: string, org: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? ''
  return name.startsWith(`${org}-`) && /^\d{4}-\d\d-\d\d/.test(name.slice(org.length + 1))
}

function unreadable(error: unknown): null {
  if (CustodyError.isInstance(error) && error.kind === 'not-found') return null
  throw error
}
