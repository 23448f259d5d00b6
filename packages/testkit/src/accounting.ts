import assert from 'node:assert/strict'
import type { Batch, Reject } from '@custody/pipeline'

/** What went in and what came out of one run, and how to tell which is which. */
export interface Account<In, Out> {
  readonly stage: string
  readonly given: readonly Batch<In>[]
  readonly made: readonly Batch<Out>[]
  readonly idOf: (record: In) => string
  readonly idsOf: (record: Out) => readonly string[]
  /** Whether one record in may be several records out. */
  readonly splits: boolean
}

/** Every record in is a record out, an explicit drop, or a reject; none is any two of these. */
export function assertConserved<In, Out>(account: Account<In, Out>): void {
  const { stage, given, made } = account
  const idsIn = new Set(given.flatMap((batch) => batch.records.map(account.idOf)))
  const idsOut = new Set<string>()
  for (const id of made.flatMap((batch) => batch.records.flatMap(account.idsOf))) {
    assert.ok(idsIn.has(id), `A record came out that never went in: ${id}`)
    assert.ok(account.splits || !idsOut.has(id), `A record came out twice: ${id}`)
    idsOut.add(id)
  }
  const refused = ownRejects(account)
  for (const reject of refused) {
    assert.equal(reject.stage, stage, 'A reject must name the stage that refused')
    assert.match(reject.code, /^[A-Z][A-Z0-9_]*$/, 'A reject needs a code in upper snake case')
  }
  const { known, unknown } = refusedIds(refused, idsIn)
  for (const id of known) assert.ok(!idsOut.has(id), `A record was refused and came out all the same: ${id}`)
  const missing = [...idsIn].filter((id) => !idsOut.has(id) && !known.has(id))
  const dropped = total(made) - total(given)
  assert.equal(
    missing.length,
    dropped + unknown,
    `Records are gone without a word, or counted without being gone. Not out and not refused: [${missing.join(', ')}]; ` +
      `said to be dropped: ${dropped}; refused under another id: ${unknown}.`,
  )
}

/** What earlier stages refused or dropped is still there. */
export function assertPassedOn(given: readonly Batch<unknown>[], made: readonly Batch<unknown>[]): void {
  const rejects = new Set(made.flatMap((batch) => batch.rejects))
  for (const reject of given.flatMap((batch) => batch.rejects)) {
    assert.ok(rejects.has(reject), `A reject of an earlier stage is gone, or was copied: ${reject.subject.id}`)
  }
  assert.equal(rejects.size, made.flatMap((batch) => batch.rejects).length, 'A reject came out twice')
  const drops = reasons(made)
  for (const [reason, count] of reasons(given)) {
    assert.ok((drops.get(reason) ?? 0) >= count, `Drops of an earlier stage are gone: ${reason}`)
  }
}

/** Records come out in the order they went in. */
export function assertInOrder<In, Out>({ given, made, idOf, idsOf }: Account<In, Out>): void {
  const positions = new Map(given.flatMap((batch) => batch.records).map((record, index) => [idOf(record), index]))
  let last = -1
  for (const id of made.flatMap((batch) => batch.records.flatMap(idsOf))) {
    const position = positions.get(id) ?? -1
    assert.ok(position >= last, `A record came out before one that went in earlier: ${id}`)
    last = position
  }
}

/** No checkpoint leaves before everything it covers; none is lost for good, none is made up. */
export function assertCheckpointsHeldBack<In, Out>(account: Account<In, Out>): void {
  const { given, made, idOf, idsOf } = account
  const covered = new Map(
    given.flatMap((batch, index) => (batch.checkpoint ? [[batch.checkpoint.cursor, index] as const] : [])),
  )
  let last = -1
  for (const [index, { checkpoint }] of made.entries()) {
    if (!checkpoint) continue
    const until = covered.get(checkpoint.cursor)
    assert.ok(until !== undefined, `A checkpoint came out that never went in: ${checkpoint.cursor}`)
    assert.ok(until > last, `A checkpoint came out after a later one: ${checkpoint.cursor}`)
    last = until

    const before = given.slice(0, until + 1)
    const out = made.slice(0, index + 1)
    assertPassedOn(before, out)
    const idsIn = new Set(before.flatMap((batch) => batch.records.map(idOf)))
    const idsOut = new Set(out.flatMap((batch) => batch.records.flatMap(idsOf)))
    const { known, unknown } = refusedIds(ownRejects({ given, made: out }), idsIn)
    const ahead = [...idsIn].filter((id) => !idsOut.has(id) && !known.has(id))
    const gone = total(out) - total(before) + unknown
    assert.ok(
      ahead.length <= gone,
      `The checkpoint ${checkpoint.cursor} came out before records it covers: [${ahead.join(', ')}]`,
    )
  }
  const final = Math.max(-1, ...covered.values())
  assert.equal(last, final, 'The last checkpoint never came out: the work it covers would be done again for ever')
}

/** The rejects that the stage itself added. */
export function ownRejects(account: {
  readonly given: readonly Batch<unknown>[]
  readonly made: readonly Batch<unknown>[]
}): Reject[] {
  const earlier = new Set(account.given.flatMap((batch) => batch.rejects))
  return account.made.flatMap((batch) => batch.rejects).filter((reject) => !earlier.has(reject))
}

/** Drops by reason, over all batches. */
export function reasons(batches: readonly Batch<unknown>[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [reason, count] of batches.flatMap((batch) => Object.entries(batch.drops ?? {}))) {
    counts.set(reason, (counts.get(reason) ?? 0) + count)
  }
  return counts
}

function total(batches: readonly Batch<unknown>[]): number {
  return reasons(batches)
    .values()
    .reduce((sum, count) => sum + count, 0)
}

/** Whole records that were refused: parts, which say what they are within, leave their record in. */
function refusedIds(rejects: readonly Reject[], ids: ReadonlySet<string>): { known: Set<string>; unknown: number } {
  const whole = rejects.filter((reject) => !reject.within).map((reject) => reject.subject.id)
  const known = whole.filter((id) => id !== null && ids.has(id)) as string[]
  return { known: new Set(known), unknown: whole.length - known.length }
}
