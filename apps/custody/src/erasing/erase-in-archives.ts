import { findInArchive, readConversations } from '@custody/archive'
import { type ErasureStore, suppressErased } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseArchivesFlags } from '../commands/erase-archives.ts'
import { exitCodes } from '../exit-code.ts'
import { eraseWithSeal } from '../sealing/erase-with-seal.ts'
import { loggable } from '../sealing/loggable.ts'
import { findArchivesBelow } from './find-archives-below.ts'
import { noteHoldsNow } from './hold-log.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { originalsFirst } from './originals.ts'
import { type SoughtPerson, type Stays, seekPerson } from './sought-person.ts'

/** What became of one archive. */
interface ArchivePass {
  readonly erased: number
  readonly kept: readonly Stays[]
  readonly leftovers: number
  readonly unstamped: boolean
  /** The error that kept it from being gone through. */
  readonly failure: CustodyError | null
}

/** Runs `custody erase archives`. */
export async function eraseInArchives(
  directory: string,
  flags: EraseArchivesFlags,
  context: CommandContext,
): Promise<void> {
  const { reference, plan = false, withShared = false, operator } = flags
  await using erasures = await openErasures(flags, context)
  const { store, console, config, orgAlias } = erasures
  const { archives, others } = await findArchivesBelow(directory)
  const minimumRetention = config.erasure.minimumRetention ?? null
  const total = { erased: 0, rewritten: 0, kept: 0, failed: 0, leftovers: 0, unstamped: 0 }
  const seek = (): Promise<SoughtPerson> =>
    seekPerson({ store, reference, minimumRetention, withShared, now: context.clock.now() })
  await seek()
  if (!plan) await suppressErased(store, reference)
  for (const { path: archive, copyOf } of await originalsFirst(archives, config.archive.directory)) {
    context.signal.throwIfAborted()
    // Anew for each: a hold may be placed while an earlier archive is rewritten.
    const pass = await passThrough({ archive, copyOf }, await seek(), flags, context)
    if (!plan) await record(pass, archive, flags, store)
    tell(pass, archive, plan, erasures)
    total.erased += pass.erased
    total.rewritten += Number(pass.erased > 0)
    total.kept += pass.kept.length
    total.failed += Number(pass.failure !== null)
    total.leftovers += pass.leftovers
    total.unstamped += Number(pass.unstamped)
  }
  const { erased, kept, failed } = total
  const noted = { archives: archives.length, erased, kept, failed }
  if (!plan) await store.note({ request: reference, act: 'archives-ended', operator, detail: noted })
  if (!plan) await noteHoldsNow(erasures, context)
  const isWhole = kept === 0 && failed === 0 && (plan || total.leftovers + total.unstamped === 0)
  const exitCode = isWhole ? exitCodes.done : exitCodes.incomplete
  const counts = { archives: archives.length, ...total, notArchives: others.length }
  console.event({ type: 'erase-archives', org: orgAlias, reference, planned: plan, ...counts, exitCode })
  console.data(
    `${count(archives.length)} archives: ${count(erased)} conversations ${plan ? 'would go' : 'are gone'}, ${count(kept)} stay, ${count(failed)} archives could not be gone through`,
  )
  for (const path of others) console.event({ type: 'erase-archives-not-archive', path })
  if (others.length > 0) console.warn(`${count(others.length)} other files under ${directory} were not looked into.`)
  console.talk('Copies elsewhere still hold them: backups, downloads, what was handed out, other folders.')
  context.end(exitCode)
}

async function passThrough(
  { archive, copyOf }: { readonly archive: string; readonly copyOf: string | null },
  person: SoughtPerson,
  { reference, basis, operator, plan = false, config }: EraseArchivesFlags,
  context: CommandContext,
): Promise<ArchivePass> {
  const pass = { erased: 0, kept: [] as Stays[], leftovers: 0, unstamped: false, failure: null }
  try {
    const found = new Set<string>()
    for await (const { identifier } of findInArchive(archive, person)) found.add(identifier)
    if (found.size === 0) return pass
    const going = new Set(found)
    for await (const conversation of readConversations(archive)) {
      if (!found.has(conversation.identifier)) continue
      const stays = person.staysFor(conversation)
      if (stays === null) continue
      going.delete(conversation.identifier)
      pass.kept.push(stays)
    }
    if (going.size === 0) return pass
    const conversations = [...going]
    const erasing = { archive, conversations, basis, reference, operator, plan, config, copyOf }
    const { result, unstamped } = await eraseWithSeal(erasing, context)
    const leftovers = result.leftovers.length
    return { ...pass, erased: result.indexes.length, leftovers, unstamped: unstamped !== null }
  } catch (error) {
    // One archive that is damaged must not keep the person in all others.
    if (!CustodyError.isInstance(error) || error.code === 'INTERRUPTED') throw error
    return { ...pass, failure: error }
  }
}

/** In the history of the request, without a word of whom. */
async function record(
  { erased, kept, failure }: ArchivePass,
  archive: string,
  { reference, operator }: EraseArchivesFlags,
  store: ErasureStore,
): Promise<void> {
  const name = loggable(archive.replace(/^.*[/\\]/, ''))
  const note = (act: string, detail: Record<string, string | number | null>): Promise<void> =>
    store.note({ request: reference, act, operator, detail: { archive: name, ...detail } })
  if (erased > 0) await note('archive-erased', { conversations: erased })
  for (const [, { stays, number }] of grouped(kept)) {
    await note('archive-kept', { conversations: number, ground: stays.ground, hold: stays.hold })
  }
  if (failure !== null) await note('archive-failed', { code: failure.code })
}

function tell(
  { erased, kept, leftovers, unstamped, failure }: ArchivePass,
  archive: string,
  plan: boolean,
  { console, orgAlias }: Erasures,
): void {
  if (erased === 0 && kept.length === 0 && failure === null) return
  const grounds = [...grouped(kept).values()].map(({ stays, number }) => ({ ...stays, conversations: number }))
  const code = failure?.code ?? null
  console.event({
    type: 'erase-archives-pass',
    org: orgAlias,
    archive,
    erased,
    kept: grounds,
    leftovers,
    unstamped,
    code,
  })
  if (erased > 0) console.data(`${archive}: ${count(erased)} conversations ${plan ? 'would go' : 'are gone'}`)
  for (const { ground, hold, conversations } of grounds) {
    const why = hold === null ? ground : `${ground}, hold ${hold}`
    console.data(`${archive}: ${count(conversations)} conversations stay (${why})`)
  }
  if (failure !== null) console.warn(`${archive} could not be gone through: ${failure.message} [${failure.code}]`)
  if (leftovers > 0) console.warn(`${archive}: ${count(leftovers)} unfinished archives beside it may still hold them.`)
  if (unstamped) console.warn(`${archive}: the new seal bears no timestamp.`)
}

function grouped(kept: readonly Stays[]): ReadonlyMap<string, { readonly stays: Stays; readonly number: number }> {
  const groups = new Map<string, { readonly stays: Stays; readonly number: number }>()
  for (const stays of kept) {
    const key = `${stays.ground} ${stays.hold}`
    groups.set(key, { stays, number: (groups.get(key)?.number ?? 0) + 1 })
  }
  return groups
}
