import type { Blocker, BlockerCode, ErasurePlan, PlannedTarget } from '@custody/erasure'
import { count } from '../archive-job/progress.ts'
import { many } from './many.ts'

/** A plan in words, for whoever approves it. */
export function planLines(plan: ErasurePlan): readonly string[] {
  const { targets, archives, notArchived, calls, finishBy, inTime, dueOn } = plan
  const late = inTime ? `in time for ${dueOn}` : `TOO LATE for ${dueOn}: more execution users make it faster`
  return [
    ...(targets.length === 0 ? ['  nobody: nothing will be deleted'] : targets.flatMap(targetLines)),
    ...archives.map(
      ({ name, conversations }) => `  archive ${name} holds ${many(conversations, 'conversation')} of theirs`,
    ),
    ...(plan.export === null ? [] : [`  exported to ${plan.export.archive}, seal ${plan.export.seal.slice(0, 12)}`]),
    ...(notArchived ? [`  ${many(notArchived, 'conversation')} of theirs in no archive`] : []),
    `  ${count(calls)} of ${count(targets.length)} can go now; done by ${finishBy.slice(0, 16)}Z, ${late}`,
  ]
}

/** What holds for all plans alike. */
export function limitLines(plans: readonly ErasurePlan[]): readonly string[] {
  const notCovered = new Set(plans.flatMap((plan) => plan.notCovered))
  const notSeen = new Set(plans.flatMap((plan) => plan.notSeen))
  return [
    `Not reached by any deletion: ${[...notCovered].map(notCoveredWords).join('; ')}`,
    ...[...notSeen].map((code) => `Not known: ${notSeenText(code)} [${code}]`),
  ]
}

function targetLines({ kind, id, counts, messages, blockers, sharedConversations }: PlannedTarget): readonly string[] {
  const known = Object.entries(counts).filter(([, records]) => records !== null && records > 0)
  const records = known.map(([object, number]) => `${count(number ?? 0)} ${object}`).join(', ')
  const words = messages === null ? 'how many messages is not known' : many(messages, 'message')
  return [
    `  ${kind} ${id}: ${records === '' ? 'no record' : records}; ${words}`,
    ...(sharedConversations > 0
      ? [`      shares ${many(sharedConversations, 'conversation')} with somebody else`]
      : []),
    ...blockers.map((blocker) => `      stays: ${blockerText(blocker)}`),
  ]
}

export function blockerText({ code, detail }: Blocker): string {
  return `${blockerTexts[code](detail ?? '')} [${code}]`
}

const blockerTexts: Readonly<Record<BlockerCode, (detail: string) => string>> = {
  'open-session': (detail) => `${many(Number(detail), 'open session')} to be closed first`,
  'restricted-children': (detail) => `records that forbid the deletion have to go first: ${detail}`,
  hold: (detail) => `the legal hold ${detail} is on it`,
  'statutory-retention': (detail) => `a law has it kept${detail === '' ? '' : `: ${detail}`}`,
  'privacy-hold': (detail) => `the org has a privacy hold on it: ${detail}`,
  'api-off': () => 'the API gateway answers 404: the Conversation Service API is switched off, or see custody doctor',
  'government-cloud': () => 'the org is one of Government Cloud, which cannot delete',
  permission: (detail) => `the execution user is not let in (${detail})`,
  unreadable: (detail) => `its entries cannot be read (${detail})`,
  'not-found': () => 'the org does not give it: unknown, deleted or hidden',
}

export function notCoveredWords(code: string): string {
  return notCoveredText[code] ?? code
}

const notCoveredText: Readonly<Record<string, string>> = {
  'end-user': 'the names, numbers and addresses in the records of messaging end users',
  previews: 'what other records keep of a text, as the previews of sessions',
  contact: 'contacts, leads and accounts',
  case: 'cases',
  files: 'files of conversations',
  data360: 'copies in Data 360',
  'other-systems': 'other systems',
  'other-copies': 'downloads, backups and whatever else was copied',
}

const notSeenTexts: Readonly<Record<string, string>> = {
  'participants-not-visible': 'who else takes part in the conversations',
  'voice-calls-not-visible': 'voice calls',
  'privacy-holds-not-visible': 'whether the org has privacy holds',
  'children-not-described': 'whether some records forbid the deletion',
  'archives-unreadable': 'whom an archive holds that cannot be read',
}

export function notSeenText(code: string): string {
  const [, object] = /^restricting-not-visible:(\w+)$/.exec(code) ?? []
  return (
    notSeenTexts[code] ??
    (object === undefined ? code : `whether there are ${object} records, which forbid the deletion`)
  )
}
