import { closeErasure, type ErasureReport, gatherReport, hasItsEnd, reportCsv, reportHtml } from '@custody/erasure'
import { usageError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseReportFlags } from '../commands/erase-report.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { openSealSigner, type SealSigner } from '../sealing/open-signer.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { verifyLine, writeSignedFiles } from './signed-files.ts'

/** Runs `custody erase report`. */
export async function writeErasureReport(
  reference: string | undefined,
  flags: EraseReportFlags,
  context: CommandContext,
): Promise<void> {
  const { all = false, close = false, operator, out } = flags
  if (all === (reference !== undefined)) {
    throw usageError('OPTION_MISSING', 'Say of which request, or --all.', 'custody erase report REFERENCE --out DIR')
  }
  if (close && operator === undefined) throw usageError('OPTION_MISSING', '--close needs --operator: who closes.')
  await using erasures = await openErasures(flags, context, { readOnly: !close })
  const { store, console, orgAlias } = erasures
  const signer = await openReportSigner(flags, erasures, context)
  if (close && operator !== undefined) await closeAll(reference, operator, erasures)
  const now = context.clock.now()
  const report = await gatherReport({
    store,
    org: orgAlias,
    now,
    signer: signer?.fingerprint ?? null,
    ...(reference !== undefined && { requests: [reference] }),
  })
  const moment = report.madeAt.replace(/[-:]|\.\d+/g, '')
  const name = `erasure-${orgAlias}-${reference ?? 'all'}-${moment}`
  const files = { html: reportHtml(report), json: `${JSON.stringify(report, null, 2)}\n`, csv: reportCsv(report) }
  const written = await writeSignedFiles({ directory: out, name, files, signer })
  const verify = signer === null ? null : verifyLine(out, name, 'html')
  const exitCode = exitCodeOf(report)
  console.event({ type: 'erase-report', org: orgAlias, ...report.totals, files: written, verify, exitCode })
  for (const path of written) console.data(path)
  const { requests, overdue } = report.totals
  console.talk(`${count(requests)} requests reported, ${count(overdue)} of them overdue.`)
  if (verify === null) console.warn('Without signatures nobody can tell whether these files were changed.')
  else {
    console.talk(`Signed by ${signer?.fingerprint}. Check it with:`)
    console.talk(`  ${verify}`)
    console.talk('Compare the key with the one you know by another way: custody keys list.')
  }
  context.end(exitCode)
}

async function openReportSigner(
  { unsigned = false }: EraseReportFlags,
  { config }: Erasures,
  { env, signal }: CommandContext,
): Promise<SealSigner | null> {
  if (unsigned) return null
  if (config.seal) return await openSealSigner(config.seal, env, signal)
  throw usageError(
    'ERASURE_REPORT_UNSIGNED',
    'No key is configured that the report could be signed with.',
    'Make one: custody keys init, and add `seal` to the configuration.',
    'Or write it without signatures: --unsigned.',
  )
}

/** One that was named is closed or refused; of all, those that have their end. */
async function closeAll(
  reference: string | undefined,
  operator: string,
  { store, console, orgAlias }: Erasures,
): Promise<void> {
  const close = async (one: string): Promise<void> => {
    await closeErasure(store, one, operator)
    console.event({ type: 'erase-request-closed', org: orgAlias, reference: one })
    console.talk(`${one}: closed; nothing that names the person is kept`)
  }
  if (reference !== undefined) return await close(reference)
  for (const request of await store.requests({ state: 'confirming' })) {
    const targets = await store.targets({ request: request.reference })
    if (hasItsEnd(request.state, targets)) await close(request.reference)
  }
}

/** What is worst goes first: overdue, still pending, ended otherwise than erased. */
function exitCodeOf({ totals }: ErasureReport): ExitCode {
  const { overdue, verdicts } = totals
  if (overdue > 0) return exitCodes.findings
  if (verdicts.pending > 0) return exitCodes.pending
  const otherwise =
    verdicts['not-erased'] + verdicts['erased-in-part'] + verdicts['masked-in-part'] + verdicts['not-verifiable']
  return otherwise > 0 ? exitCodes.incomplete : exitCodes.done
}
