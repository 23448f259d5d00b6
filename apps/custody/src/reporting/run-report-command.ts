import { openVerified } from '@custody/archive'
import { usageError } from '@custody/pipeline'
import { reportPage } from '@custody/report'
import type { CommandContext } from '../command-context.ts'
import type { ReportFlags } from '../commands/report.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { readTrustedKeys } from '../sealing/trusted-keys.ts'
import { reportChain } from './report-chain.ts'
import { writePage } from './write-page.ts'

/** Runs `custody report`. */
export async function runReportCommand(
  archive: string | undefined,
  flags: ReportFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { chain, out, replace = false } = flags
  if ((archive === undefined) === (chain === undefined)) {
    throw usageError('OPTION_MISSING', 'Name one archive, or --chain and a directory of them.', 'custody report --help')
  }
  const trustedKeys = readTrustedKeys(flags.key)
  const trust = trustedKeys ? { trustedKeys } : {}
  if (chain !== undefined) return await reportChain(chain, { out, replace, trust }, context, context.console(flags))
  if (out === undefined) throw usageError('OPTION_MISSING', '--out is missing.', 'Name the file: --out report.html')
  const { signal } = context
  const console = context.console(flags)
  await using opened = await openVerified(archive ?? '', { ...trust, signal })
  await writePage(out, reportPage()(opened), { replace, signal })
  const { org, verdict } = opened.run
  console.event({ type: 'report-written', archive, org, verdict, path: out })
  console.data(out)
  return exitCodes.done
}
