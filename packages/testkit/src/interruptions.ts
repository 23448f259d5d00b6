import assert from 'node:assert/strict'
import { type Outcome, type PerformOptions, Rehearsal, type RehearsalOptions } from './rehearsal.ts'

/** Makes something under test, fresh, for a rehearsal, and gives what starts it: a started sink would be awaited on the way. */
export type Make<T> = (rehearsal: Rehearsal) => Run<T> | Promise<Run<T>>

type Run<T> = () => AsyncIterable<T>

/** What still has to hold of a run that came to its end although it was interrupted: nothing is missing. */
export type AssertWhole<T> = (outcome: Outcome<T>, rehearsal: Rehearsal) => void | Promise<void>

export interface InterruptOptions<T> {
  readonly make: Make<T>
  readonly readAhead: number
  readonly assertWhole: AssertWhole<T>
  /** Called after each run that was cut short. */
  readonly onCut?: (rehearsal: Rehearsal) => void | Promise<void>
}

export async function perform<T>(
  { make, readAhead }: Pick<InterruptOptions<T>, 'make' | 'readAhead'>,
  options: PerformOptions<T> & Pick<RehearsalOptions, 'slow'> = {},
): Promise<{ readonly outcome: Outcome<T>; readonly rehearsal: Rehearsal }> {
  const rehearsal = new Rehearsal({ readAhead, slow: options.slow ?? false })
  return { rehearsal, outcome: await rehearsal.perform(await make(rehearsal), options) }
}

/** Performs without interruption; anything but a normal end fails. */
export async function performWhole<T>(
  test: Pick<InterruptOptions<T>, 'make' | 'readAhead'>,
  options: PerformOptions<T> & Pick<RehearsalOptions, 'slow'> = {},
): Promise<{ readonly outcome: Outcome<T>; readonly rehearsal: Rehearsal }> {
  const performed = await perform(test, options)
  const { end } = performed.outcome
  if (typeof end === 'object') throw end.error
  return performed
}

/** The reader leaves before the first value, and after each. */
export async function leaveAtEveryPoint<T>(test: InterruptOptions<T>): Promise<void> {
  const { outcome } = await performWhole(test)
  for (let leaveAfter = 0; leaveAfter <= outcome.given.length; leaveAfter++) {
    const { rehearsal, outcome: left } = await perform(test, { leaveAfter })
    if (typeof left.end === 'object') throw left.end.error
    if (leaveAfter < outcome.given.length) await test.onCut?.(rehearsal)
  }
}

/** The signal aborts before the start, and at each request, call and idle moment. */
export async function abortAtEveryPoint<T>(test: InterruptOptions<T>): Promise<void> {
  for (let at = -1; at < (await countPoints(test)); at++) {
    const rehearsal = new Rehearsal({ readAhead: test.readAhead, interruption: { at, by: 'abort' } })
    const outcome = await rehearsal.perform(await test.make(rehearsal))
    if (typeof outcome.end === 'object') {
      const { error } = outcome.end
      assert.ok(isAbort(error, rehearsal.reason), `An abort came out as another error: ${error}`)
      await test.onCut?.(rehearsal)
    } else {
      await test.assertWhole(outcome, rehearsal)
    }
  }
}

/** The source, or a call, fails at each point. */
export async function failAtEveryPoint<T>(test: InterruptOptions<T>): Promise<void> {
  for (let at = 0; at < (await countPoints(test)); at++) {
    const rehearsal = new Rehearsal({ readAhead: test.readAhead, interruption: { at, by: 'failure' } })
    const outcome = await rehearsal.perform(await test.make(rehearsal))
    if (rehearsal.failedIn === null) continue
    if (typeof outcome.end === 'object') {
      const { error } = outcome.end
      if (rehearsal.failedIn === 'source') {
        assert.ok(error === rehearsal.failure, `A failure of its source came out changed: ${error}`)
      } else {
        assert.ok(causes(error).includes(rehearsal.failure), `A failing call came out as an unrelated error: ${error}`)
      }
      await test.onCut?.(rehearsal)
    } else {
      assert.notEqual(rehearsal.failedIn, 'source', 'A failure of its source was swallowed')
      // Trying again is allowed; losing something over it is not.
      await test.assertWhole(outcome, rehearsal)
    }
  }
}

async function countPoints<T>(test: InterruptOptions<T>): Promise<number> {
  return (await performWhole(test)).rehearsal.points
}

function isAbort(error: unknown, reason: Error): boolean {
  return causes(error).some((cause) => cause === reason || (cause instanceof Error && cause.name === 'AbortError'))
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let cause = error; cause !== undefined && chain.length < 10; cause = (cause as { cause?: unknown })?.cause) {
    chain.push(cause)
  }
  return chain
}
