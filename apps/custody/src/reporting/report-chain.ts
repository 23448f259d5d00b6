import { basename } from 'node:path'
import { findArchives, type SealTrust, verify } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import { type YearArchive, type YearChain, type YearFinding, yearChains, yearPage } from '@custody/report'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { knownError } from '../known-error.ts'
import { columns } from '../redacting/columns.ts'
import { type SealedArchive, verifyChains } from '../verifying/verify-chain.ts'
import { writePage } from './write-page.ts'

interface ChainReport {
  readonly out: string | undefined
  readonly replace: boolean
  readonly trust: SealTrust
}

/**
 * Shows all archives of a directory, each verified: what they hold, how they stand to one another. Exit code 4 where something is wrong
 * with them, 3 where one says of itself that something is missing.
 *
 * @throws CustodyError `ARCHIVE_NOT_FOUND`
 */
export async function reportChain(
  directory: string,
  { out, replace, trust }: ChainReport,
  { clock, signal }: CommandContext,
  console: Console,
): Promise<ExitCode> {
  const paths = await findArchives(directory)
  if (paths.length === 0) {
    throw new CustodyError('ARCHIVE_NOT_FOUND', `There is no archive in ${directory}.`, {
      kind: 'not-found',
      actions: ['Check the path: --chain names the directory that holds the archives.'],
    })
  }
  const { archives, sealed, findings } = await verifyAll(paths, trust, signal, console)
  const notes: YearFinding[] = []
  for (const chain of await verifyChains(sealed, {})) {
    findings.push(...chain.findings)
    notes.push(...chain.notes)
  }
  const chains = yearChains(archives)
  show(chains, findings, notes, console)
  if (out !== undefined) {
    const madeAt = new Date(clock.now()).toISOString()
    await writePage(out, [Buffer.from(yearPage({ archives, findings, notes, madeAt }))], { replace, signal })
    console.data(out)
  }
  const missing = chains.reduce((sum, chain) => sum + chain.missing.length, 0)
  const overlapping = chains.reduce((sum, chain) => sum + chain.overlapping.length, 0)
  const changed = archives.filter((archive) => archive.findings > 0).length
  const incomplete = archives.filter(({ run }) => run?.verdict === 'incomplete').length
  const facts = { archives: paths.length, findings: findings.length, changed, missing, overlapping, incomplete }
  console.event({ type: 'chain-reported', chain: directory, ...facts, path: out ?? null })
  if (findings.length + changed + missing + overlapping > 0) return exitCodes.findings
  return incomplete > 0 ? exitCodes.incomplete : exitCodes.done
}

interface Verified {
  readonly archives: readonly YearArchive[]
  readonly sealed: readonly SealedArchive[]
  readonly findings: YearFinding[]
}

async function verifyAll(
  paths: readonly string[],
  trust: SealTrust,
  signal: AbortSignal,
  console: Console,
): Promise<Verified> {
  const archives: YearArchive[] = []
  const sealed: SealedArchive[] = []
  const findings: YearFinding[] = []
  for (const path of paths) {
    console.redraw(`${archives.length + 1}/${paths.length} ${basename(path)}`)
    try {
      const report = await verify(path, { ...trust, signal })
      const { run, erased, seal } = report
      archives.push({
        path,
        run,
        erased,
        findings: report.findings.length + report.findingsOmitted,
        seal: seal && {
          origin: seal.seal.origin,
          seq: seal.seal.seq,
          created: seal.seal.created,
          time: seal.time?.time ? { at: seal.time.time, chain: seal.time.chain } : null,
          trust: seal.trust,
        },
      })
      if (run === null) findings.push({ code: 'RUN_JSON', path, message: 'does not say what it is' })
      if (seal) sealed.push({ path, seal, amends: run?.amends?.archive ?? null })
    } catch (error) {
      signal.throwIfAborted()
      // One that cannot be read does not keep the others from being shown.
      const { code, message } = knownError(error)
      findings.push({ code, path, message })
      archives.push({ path, run: null, erased: 0, findings: 0, seal: null })
    }
  }
  console.redraw('')
  return { archives, sealed, findings }
}

function show(
  chains: readonly YearChain[],
  findings: readonly YearFinding[],
  notes: readonly YearFinding[],
  console: Console,
): void {
  for (const { name, archives, missing, overlapping } of chains) {
    console.data(`${name}: ${count(archives.length)} archives`)
    const rows = archives.map(({ path, run, erased, findings: wrong, seal }) => {
      const { window, verdict, counts, amends } = run ?? {}
      console.event({
        type: 'archive-reported',
        chain: name,
        archive: path,
        window,
        verdict,
        counts,
        amends,
        erased,
        findings: wrong,
        seal,
      })
      return [
        seal === null ? 'not sealed' : String(seal.seq),
        basename(path),
        verdict ?? '',
        count(counts?.conversations ?? 0),
        count(counts?.gaps ?? 0),
        count(erased),
        wrong === 0 ? 'as it was made' : `${count(wrong)} FINDINGS`,
      ]
    })
    const header = ['place', 'archive', 'verdict', 'conversations', 'gaps', 'erased', 'verification']
    for (const line of columns([header, ...rows])) console.data(`  ${line}`)
    for (const [what, windows] of [
      ['missing', missing],
      ['twice', overlapping],
    ] as const) {
      for (const { from, to } of windows) {
        console.event({ type: 'period', chain: name, what, from, to })
        console.data(`  ${what}: from ${from} to ${to}`)
      }
    }
  }
  for (const { code, path, message } of findings) {
    console.event({ type: 'finding', code, path, message })
    console.data(`${code}  ${path ?? ''}  ${message}`)
  }
  for (const { code, path, message } of notes) {
    console.event({ type: 'note', code, path, message })
    console.data(`note: ${code}  ${path ?? ''}  ${message}`)
  }
}
