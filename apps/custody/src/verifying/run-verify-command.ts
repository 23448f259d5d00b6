import { readFileSync } from 'node:fs'
import type { RunDocument, SealTrust, VerifyReport } from '@custody/archive'
// Nothing but what checks: all of the package takes a tenth of a second to load.
import { verify } from '@custody/archive/verify'
import { CustodyError, usageError } from '@custody/pipeline'
import { printablePath } from '@custody/sinks'
import type { CommandContext } from '../command-context.ts'
import type { VerifyFlags } from '../commands/verify.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts'
import { readTrustedKeys } from '../sealing/trusted-keys.ts'
import { showError } from '../show-error.ts'
import type { KnownFromElsewhere, SealedArchive } from './verify-chain.ts'

/** Runs `custody verify`. */
export async function runVerifyCommand(
  named: readonly string[],
  flags: VerifyFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const console = context.console(flags)
  const archives = [...named, ...(flags.chain === undefined ? [] : await archivesOf(flags.chain))]
  if (archives.length === 0)
    throw usageError('ARCHIVES_UNNAMED', 'No archive was named.', 'Name archives, or --chain DIR.')
  const trust = trustOf(flags)
  const head = headOf(flags)
  const sealed: SealedArchive[] = []
  let worst: ExitCode = exitCodes.done
  for (const path of archives) {
    try {
      const report = await verify(path, {
        ...trust,
        signal: context.signal,
        ...(flags.hashesOnly && { depth: 'bytes' }),
        onFile: ({ status, path: file }) => flags.files && console.data(`${symbols[status]} ${file}`),
      })
      showReport(path, report, console)
      if (report.seal) sealed.push({ path, seal: report.seal, amends: report.run?.amends?.archive ?? null })
      if (report.findings.length > 0) worst = worseOf(worst, exitCodes.findings)
    } catch (error) {
      // One that cannot be read does not keep the others from being checked.
      if (context.signal.aborted || archives.length === 1) throw error
      showError(error, console, flags)
      worst = worseOf(worst, exitCodeOf(error))
    }
  }
  if (
    flags.chain !== undefined &&
    (await showChains(flags.chain, archives.length, sealed, { head, firstSeq: flags.first }, console))
  ) {
    worst = worseOf(worst, exitCodes.findings)
  }
  return worst
}

/** Findings are never hidden behind an archive that cannot be read. */
function worseOf(one: ExitCode, other: ExitCode): ExitCode {
  if (one === exitCodes.findings || other === exitCodes.findings) return exitCodes.findings
  return one === exitCodes.done ? other : one
}

async function archivesOf(directory: string): Promise<readonly string[]> {
  const { findArchives } = await import('@custody/archive')
  const archives = await findArchives(directory)
  if (archives.length > 0) return archives
  throw new CustodyError('ARCHIVE_NOT_FOUND', `There is no archive in ${directory}.`, {
    kind: 'not-found',
    actions: ['Check the path: --chain names the directory that holds the archives.'],
  })
}

function trustOf({ key, authorities }: VerifyFlags): SealTrust {
  const trustedKeys = readTrustedKeys(key)
  if (authorities === undefined) return trustedKeys ? { trustedKeys } : {}
  try {
    return { ...(trustedKeys && { trustedKeys }), trustedAuthorities: readFileSync(authorities, 'utf8') }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    throw usageError('AUTHORITIES_FILE', `--authorities ${authorities} cannot be read (${code}).`, 'Name a PEM file.')
  }
}

/** As `sha256sum` prints it, or with the name of the hash before it. */
function headOf({ chain, head }: VerifyFlags): string | undefined {
  if (head === undefined) return undefined
  const digest = head.toLowerCase().replace(/^sha256:/, '')
  if (chain !== undefined && /^[0-9a-f]{64}$/.test(digest)) return digest
  throw usageError(
    'HEAD_MALFORMED',
    '--head needs the SHA-256 of a seal.txt, 64 hex digits, and --chain.',
    'See sha256sum seal/seal.txt.',
  )
}

function showReport(path: string, report: VerifyReport, console: Console): void {
  for (const finding of report.findings) {
    console.event({ type: 'finding', archive: path, ...finding })
    console.data(`${finding.code}  ${finding.path ?? ''}  ${finding.message}`.trimEnd())
  }
  const { findings, findingsOmitted, erased, seal, ...counts } = report
  const total = findings.length + findingsOmitted
  console.event({
    type: 'archive-verified',
    org: report.run?.org ?? null,
    archive: path,
    ...counts,
    erased,
    seal: sealFacts(report),
    findings: total,
  })
  const outcome = total === 0 ? 'valid' : `${total} finding${total === 1 ? '' : 's'}`
  const erasedNote = erased > 0 ? `, ${erased} of ${report.conversations} conversations erased` : ''
  console.data(`${path}: ${outcome} (${report.files} files, ${report.bytes} bytes checked${erasedNote})`)
  if (report.run?.amends) console.data(`  ${amendsLine(report.run.amends)}`)
  console.data(`  ${sealLine(report)}`)
}

function amendsLine({ archive, late, changed, vanished }: NonNullable<RunDocument['amends']>): string {
  return `amends ${printablePath(archive)}: ${late} late, ${changed} changed, ${vanished} vanished`
}

/** What is worth telling of a seal as JSON. */
function sealFacts({ seal }: VerifyReport): object | null {
  if (seal === null) return null
  const { transitions: _, ...facts } = seal
  return facts
}

function sealLine({ seal }: VerifyReport): string {
  if (seal === null) return 'not sealed: nobody can tell who made it'
  const { seq, origin } = seal.seal
  const trust = {
    trusted: 'trusted',
    untrusted: 'NOT trusted',
    'not-compared': 'not compared with one from elsewhere: --key',
  }
  const time = seal.time?.time ? `; existed at ${seal.time.time}, says ${seal.time.authority} (${seal.time.chain})` : ''
  return `number ${seq} of ${origin}, sealed by ${seal.key ?? 'an unreadable key'} (${trust[seal.trust]})${time}`
}

/** Gives whether something is wrong. */
async function showChains(
  directory: string,
  archives: number,
  sealed: readonly SealedArchive[],
  known: KnownFromElsewhere,
  console: Console,
): Promise<boolean> {
  const { head } = known
  let isWrong = false
  const tell = (code: string, path: string | null, message: string): void => {
    isWrong = true
    console.event({ type: 'finding', chain: directory, code, path, message })
    console.data(`${code}  ${path ?? ''}  ${message}`)
  }
  if (sealed.length < archives) {
    tell('CHAIN_UNSEALED', null, `${archives - sealed.length} of ${archives} archives bear no seal that can be read`)
  }
  if (head !== undefined && !sealed.some(({ seal }) => seal.digest === head || seal.superseded.includes(head))) {
    tell('CHAIN_HEAD', null, 'no archive here bears the seal that is known to be the last')
  }
  const { verifyChains } = await import('./verify-chain.ts')
  for (const chain of await verifyChains(sealed, known)) {
    for (const { code, path, message } of chain.findings) tell(code, path, message)
    for (const { code, path, message } of chain.notes) {
      console.event({ type: 'note', chain: directory, code, path, message })
      console.data(`note: ${code}  ${path ?? ''}  ${message}`)
    }
    const outcome = chain.findings.length === 0 ? 'whole' : `${chain.findings.length} findings`
    console.event({
      type: 'chain-verified',
      origin: chain.origin,
      archives: chain.archives.length,
      findings: chain.findings.length,
    })
    console.data(`${chain.origin}: a chain of ${chain.archives.length} archives, ${outcome}`)
    if (head === undefined) {
      console.talk(
        '  Whether later archives were taken away, only their last seal can tell: --head SHA256 of its seal.txt',
      )
    }
  }
  return isWrong
}

const symbols = { listed: '=', changed: '*', missing: '-', extra: '+', refused: '!' } as const
