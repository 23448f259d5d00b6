import { tmpdir } from 'node:os'
import type { Conversation, Verdict, Witness } from '@custody/model'
import { assembleReading } from '../archive-job/assemble-reading.ts'
import { connectOrg } from '../archive-job/connect-org.ts'
import { createEntryReaders } from '../archive-job/entry-readers.ts'
import { concurrentReads } from '../archive-job/one-by-one.ts'
import { count } from '../archive-job/progress.ts'
import { readJob } from '../archive-job/reading-job.ts'
import { countAndResolve } from '../archive-job/resolve-source.ts'
import { tellHttp } from '../archive-job/tell-events.ts'
import type { CommandContext } from '../command-context.ts'
import type { ReconcileFlags } from '../commands/reconcile.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { tellHeadroom } from '../limiting/headroom-event.ts'

/** Compares the sources of a window with one another, conversation by conversation. Writes nothing. */
export async function reconcileWindow(flags: ReconcileFlags, context: CommandContext): Promise<ExitCode> {
  const { clock, env, signal } = context
  const console = context.console(flags)
  const { config, reading } = readJob(flags, clock.now())
  const asked = { ...reading, limit: null, scratch: tmpdir() }
  const connection = await connectOrg(asked.orgAlias, asked.org, {
    stateDirectory: config.state.directory,
    env,
    clock,
    connections: concurrentReads,
    onHeadroom: tellHeadroom(console),
    onEvent: tellHttp(console, asked.orgAlias),
  })
  const verdicts = new Map<Verdict, number>()
  let findings = 0
  try {
    const { job } = await countAndResolve(asked, connection, clock.now(), signal)
    const readers = createEntryReaders(job, connection, clock)
    try {
      for await (const { records, rejects } of assembleReading(job, connection, readers).batches({ signal })) {
        for (const conversation of records) {
          const { verdict = 'unknown' } = conversation.reconciliation ?? {}
          verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
          for (const finding of findingsOf(conversation)) {
            findings += 1
            console.event({ type: 'finding', identifier: conversation.identifier, ...finding })
            console.data(`${finding.code}  ${conversation.identifier}  ${finding.message}`)
          }
        }
        for (const { code, subject, within, message } of rejects) {
          findings += 1
          console.event({ type: 'finding', code, subject, within })
          console.data(`${code}  ${within?.id ?? subject.id ?? ''}  ${message}`)
        }
      }
    } finally {
      await readers.close()
    }
  } finally {
    await connection.close()
  }
  const found = [...verdicts.values()].reduce((sum, each) => sum + each, 0)
  const counts = { found, verdicts: Object.fromEntries(verdicts), findings }
  console.event({ type: 'window-reconciled', org: asked.orgAlias, ...asked.window, ...counts })
  const outcome = [...verdicts].map(([verdict, number]) => `${count(number)} ${verdict}`).join(', ')
  console.data(`${count(found)} conversations: ${outcome || 'none'}; ${count(findings)} findings`)
  if (findings > 0) return exitCodes.findings
  return found === 0 ? exitCodes.incomplete : exitCodes.done
}

interface WindowFinding {
  readonly code: string
  readonly message: string
}

function findingsOf({ reconciliation, delivered, witnesses }: Conversation): readonly WindowFinding[] {
  const found: WindowFinding[] = []
  const { verdict = 'unknown', reason = null, expectedAgentMessages, expectedEndUserMessages } = reconciliation ?? {}
  if (verdict !== 'matched' && verdict !== 'excluded') {
    const expected = `${expectedAgentMessages ?? '?'} by agents, ${expectedEndUserMessages ?? '?'} by end users`
    const given = `${delivered?.agentMessages ?? '?'} and ${delivered?.endUserMessages ?? '?'}`
    found.push({ code: verdict.toUpperCase(), message: `${reason}: the census counts ${expected}; delivered ${given}` })
  }
  for (const witness of witnesses) {
    const message = differencesOf(witness)
    if (message !== null) found.push({ code: 'WITNESS_DIFFERS', message })
  }
  return found
}

function differencesOf({ source, answer, differences }: Witness): string | null {
  if (differences.length === 0) return null
  const number = (wanted: string): number => differences.filter(({ what }) => what === wanted).length
  const parts = [
    [number('only-here'), 'only there'],
    [number('not-here'), 'not there'],
    [number('text'), 'with another text'],
  ] as const
  const said = parts.filter(([times]) => times > 0).map(([times, what]) => `${times} ${what}`)
  return `${source}${answer === 'absent' ? ' holds nothing of it' : ''}: ${said.join(', ')}`
}
