import { dayOf, type RequestStatus, requestStatuses } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import { chooseOrg } from '../archive-job/reading-job.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseStatusFlags } from '../commands/erase-requests.ts'
import { loadConfig } from '../config/load.ts'
import { exitCodes } from '../exit-code.ts'
import { lookIntoErasures } from './open-erasures.ts'

/** Runs `custody erase status`. */
export async function showErasureStatus(
  reference: string | undefined,
  flags: EraseStatusFlags,
  context: CommandContext,
): Promise<void> {
  const console = context.console(flags)
  const [orgAlias] = chooseOrg(loadConfig(flags.config), flags.org)
  await using erasures = await lookIntoErasures(flags, context)
  const requests = (await erasures?.store.requests()) ?? []
  const asked = reference === undefined ? requests : requests.filter((request) => request.reference === reference)
  if (reference !== undefined && asked.length === 0) throw unknown()
  const targets = (await erasures?.store.targets(reference === undefined ? {} : { request: reference })) ?? []
  const statuses = requestStatuses(asked, targets, dayOf(context.clock.now()))
  const open = statuses.filter(({ closedAt }) => closedAt === null)
  const ended = statuses.filter(({ closedAt }) => closedAt !== null)
  const overdue = open.filter((status) => status.overdue).length
  const withdrawn = ended.filter(({ state }) => state === 'withdrawn').length
  const exitCode = overdue > 0 ? exitCodes.findings : exitCodes.done
  const late = overdue === 0 ? '0 overdue' : `${count(overdue)} OVERDUE`
  console.data(
    `${orgAlias}: ${count(open.length)} open, ${late}, ${count(ended.length - withdrawn)} closed, ${count(withdrawn)} withdrawn`,
  )
  const isListed = flags.closed === true || reference !== undefined
  for (const status of isListed ? statuses : open) {
    console.event({ type: 'erase-request', org: orgAlias, ...status })
    console.data(statusLine(status))
  }
  const counts = { open: open.length, overdue, closed: ended.length - withdrawn, withdrawn }
  console.event({ type: 'erase-status', org: orgAlias, ...counts, exitCode })
  context.end(exitCode)
}

function statusLine(status: RequestStatus): string {
  const { reference, state, overdue, outcomes } = status
  const found = Object.entries(outcomes).filter(([, number]) => number > 0)
  const text = found.map(([outcome, number]) => `${count(number)} ${outcome}`).join(', ')
  const label = overdue ? 'OVERDUE' : state
  return `  ${label.padEnd(12)}${reference}: ${dueText(status)}${overdue ? `, ${state}` : ''}${text === '' ? '' : `; ${text}`}`
}

function dueText({ dueOn, daysLeft, closedAt }: RequestStatus): string {
  if (daysLeft === null) return `ended at ${closedAt}`
  if (daysLeft === 0) return `due today, ${dueOn}`
  const days = `${count(Math.abs(daysLeft))} ${Math.abs(daysLeft) === 1 ? 'day' : 'days'}`
  return daysLeft < 0 ? `was due on ${dueOn}, ${days} ago` : `due on ${dueOn}, in ${days}`
}

function unknown(): CustodyError {
  return new CustodyError('ERASURE_REQUEST_UNKNOWN', 'There is no request of that reference here.', {
    kind: 'not-found',
    actions: ['Run `custody erase status --closed` to see all of them.'],
  })
}
