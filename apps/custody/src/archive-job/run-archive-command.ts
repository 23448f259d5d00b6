import type { ArchiveResult } from '@custody/archive'
import { runAmendCommand } from '../amending/run-amend-command.ts'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import { loadConfig } from '../config/load.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { findRunRecord } from '../resuming/run-record.ts'
import { type ArchiveJob, prepareArchiveJob } from './archive-job.ts'
import { connectOrg } from './connect-org.ts'
import { concurrentReads } from './one-by-one.ts'
import { printPlan } from './plan.ts'
import { runWatched } from './run-watched.ts'
import { createCallCounter } from './time-spent.ts'

/** Runs `custody archive`: checks everything, archives, says what came out. */
export async function runArchiveCommand(flags: ArchiveFlags, context: CommandContext): Promise<ExitCode> {
  const { clock, env, signal } = context
  const console = context.console(flags)
  const asked = flags.resume === undefined ? flags : resumedFlags(flags, flags.resume)
  if (asked.amend) return await runAmendCommand(asked, context)
  const job = prepareArchiveJob(asked, env, clock)
  if (flags.plan) {
    const counter = createCallCounter()
    const connection = await connectOrg(job.orgAlias, job.org, {
      stateDirectory: job.config.state.directory,
      env,
      clock,
      connections: concurrentReads,
      onEvent: counter.count,
    })
    try {
      await printPlan(job, connection, console, { clock, signal })
      return exitCodes.done
    } finally {
      await connection.close()
    }
  }
  const { result, isStamped } = await runWatched(job, asked, context, console)
  console.data(result.path)
  const code = exitCodeOfArchive(job, result)
  return code === exitCodes.done && !isStamped ? exitCodes.incomplete : code
}

/** What a stopped run was asked for; how to talk is said anew. */
function resumedFlags(flags: ArchiveFlags, runId: string): ArchiveFlags {
  const { config, json, quiet, debug } = flags
  const { flags: asked } = findRunRecord(loadConfig(config).state.directory, runId)
  const talk = { ...(json && { json }), ...(quiet && { quiet }), ...(debug && { debug }) }
  return { ...asked, config, ...talk }
}

/** 0 only for an archive that is proven complete, or as complete as was asked for. */
export function exitCodeOfArchive(
  { allowEmpty, archive }: Pick<ArchiveJob, 'allowEmpty' | 'archive'>,
  { verdict }: ArchiveResult,
): ExitCode {
  if (verdict === 'complete') return exitCodes.done
  const isAllowed = (verdict === 'counted' && archive.allowCounted) || (verdict === 'empty' && allowEmpty)
  return isAllowed ? exitCodes.done : exitCodes.incomplete
}
