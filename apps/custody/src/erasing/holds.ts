import { type Hold, type HoldScope, isActive } from '@custody/erasure'
import { usageError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { HoldAddFlags, HoldListFlags, HoldReleaseFlags } from '../commands/hold.ts'
import { oneOf } from '../config/effective.ts'
import { exitCodes } from '../exit-code.ts'
import { noteHoldsNow } from './hold-log.ts'
import { lookIntoErasures, openErasures } from './open-erasures.ts'

/** Runs `custody hold add`. */
export async function addHold(id: string, flags: HoldAddFlags, context: CommandContext): Promise<void> {
  const { matter, operator: author, expires = null } = flags
  const ground = oneOf(flags.ground, ['legal-hold', 'statutory-retention'], '--ground')
  const scope = scopeOf(flags)
  await using erasures = await openErasures(flags, context)
  const { store, console, orgAlias } = erasures
  const hold = await store.addHold({ id, matter, ground, scope, author, expiresOn: expires })
  console.event({ type: 'hold-added', org: orgAlias, ...eventOf(hold, context.clock.now()) })
  console.data(holdLine(hold, context.clock.now()))
  await noteHoldsNow(erasures, context)
}

/** Runs `custody hold list`. */
export async function listHolds(flags: HoldListFlags, context: CommandContext): Promise<void> {
  const console = context.console(flags)
  const now = context.clock.now()
  await using erasures = await lookIntoErasures(flags, context)
  const holds = (await erasures?.store.holds(flags.all === true ? {} : { active: true })) ?? []
  for (const hold of holds) {
    const ids = flags.ids === true ? idsOf(hold.scope) : []
    console.event({ type: 'hold', ...eventOf(hold, now), ...(flags.ids === true && { ids }) })
    console.data(holdLine(hold, now))
    for (const id of ids) console.data(`    ${id}`)
  }
  console.event({ type: 'holds', listed: holds.length })
  if (holds.length === 0) console.talk(flags.all === true ? 'There never was a hold.' : 'Nothing is held.')
}

/** Runs `custody hold release`. */
export async function releaseHold(id: string, flags: HoldReleaseFlags, context: CommandContext): Promise<void> {
  const { operator, on = null } = flags
  await using erasures = await openErasures(flags, context)
  const { store, console, orgAlias, config } = erasures
  const hold = await store.releaseHold(id, { operator, on })
  const asks = config.erasure.twoPersonRule && hold.releaseAskedBy !== null && hold.releasedAt === null
  console.event({
    type: asks ? 'hold-release-asked' : 'hold-released',
    org: orgAlias,
    ...eventOf(hold, context.clock.now()),
  })
  console.data(holdLine(hold, context.clock.now()))
  await noteHoldsNow(erasures, context)
  if (!asks) return
  console.warn(`It still holds: another operator has to release it too.`)
  console.warn(`  → custody hold release ${id}${on === null ? '' : ` --on ${on}`} --operator ID`)
  context.end(exitCodes.refused)
}

/** @throws CustodyError `OPTION_MISSING`, `OPTION_CONFLICT` (usage) */
function scopeOf({ endUser, contact, conversation, from, to, everything }: HoldAddFlags): HoldScope {
  const scopes: readonly (HoldScope | null)[] = [
    endUser === undefined ? null : { type: 'end-user', ids: endUser },
    contact === undefined ? null : { type: 'contact', ids: contact },
    conversation === undefined ? null : { type: 'conversation', ids: conversation },
    from === undefined && to === undefined ? null : { type: 'window', from: day(from, '--from'), to: day(to, '--to') },
    everything === true ? { type: 'everything' } : null,
  ]
  const [scope, other] = scopes.filter((each) => each !== null)
  const action =
    'Say what is held, in one way: --end-user, --contact, --conversation, --from and --to, or --everything.'
  if (scope === undefined) throw usageError('OPTION_MISSING', 'The hold holds nothing.', action)
  if (other !== undefined) throw usageError('OPTION_CONFLICT', 'A hold has one scope.', action, 'Add a hold for each.')
  return scope
}

function day(value: string | undefined, flag: string): string {
  if (value !== undefined) return value
  throw usageError('OPTION_MISSING', `${flag} is missing.`, `Add ${flag} 2026-10-01, for example.`)
}

function idsOf(scope: HoldScope): readonly string[] {
  return 'ids' in scope ? scope.ids : []
}

/** Without the ids: they name persons. */
function eventOf({ scope, ...hold }: Hold, now: number): object {
  const window = scope.type === 'window' ? { from: scope.from, to: scope.to } : {}
  return { ...hold, active: isActive(hold, now), scope: scope.type, ...window, held: idsOf(scope).length }
}

function holdLine(hold: Hold, now: number): string {
  const { id, matter, ground, author, placedAt, expiresOn, releasedAt, releasedBy, releaseConfirmedBy } = hold
  const { releaseAskedBy, releaseAskedFor } = hold
  const confirmed = releaseConfirmedBy === null ? '' : `, confirmed by ${releaseConfirmedBy}`
  const end =
    releasedAt !== null
      ? `released at ${releasedAt} by ${releasedBy}${confirmed}`
      : expiresOn === null
        ? 'until released'
        : `${isActive(hold, now) ? 'until' : 'was over on'} ${expiresOn}`
  const asked =
    releaseAskedBy === null || releasedAt !== null
      ? ''
      : `; ${releaseAskedBy} asks for its end${releaseAskedFor === null ? '' : ` on ${releaseAskedFor}`}`
  return `${id}: ${ground} of ${scopeText(hold.scope)} for ${matter}, by ${author} at ${placedAt}, ${end}${asked}`
}

function scopeText(scope: HoldScope): string {
  switch (scope.type) {
    case 'everything':
      return 'everything'
    case 'window':
      return `conversations from ${scope.from} to before ${scope.to}`
    default:
      return `${count(scope.ids.length)} ${scope.type}${scope.ids.length === 1 ? '' : 's'}`
  }
}
