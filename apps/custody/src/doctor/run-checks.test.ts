import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { denied, type Finding, fail, failureOf, ok, skipped, warn } from './finding.ts'
import { building, type Check, exitCodeOfFindings, runChecks } from './run-checks.ts'

const signal = new AbortController().signal

const finding: fc.Arbitrary<Finding> = fc.constantFrom(
  ok('fine'),
  skipped('not looked at'),
  warn('ODD', 'odd'),
  fail('BROKEN', 'broken'),
  denied('DENIED', 'denied'),
)

const behaviour = fc.oneof(
  finding.map((found) => ({ run: async () => found as Finding | readonly Finding[], lines: 1 })),
  fc.array(finding, { maxLength: 3 }).map((found) => ({ run: async () => found, lines: found.length })),
  fc
    .constantFrom(new Error('says too much'), new CustodyError('X', 'x'), 'text', undefined)
    .map((error) => ({ run: () => Promise.reject(error), lines: 1 })),
)

test('whatever a check does, every other one is reported, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(behaviour, { maxLength: 8 }), async (behaviours) => {
      const checks = behaviours.map(({ run }, at): Check => ({ name: String(at), org: null, run }))
      const seen: string[] = []
      const all = await runChecks(checks, { signal, onFinding: ({ check }) => seen.push(check.name) })
      expect(seen).toEqual(behaviours.flatMap(({ lines }, at) => Array(lines).fill(String(at))))
      expect(all.map(({ check }) => check.name)).toEqual(seen)
      expect(JSON.stringify(all)).not.toContain('says too much')
    }),
  )
})

test('the exit code: 0 without a failure, 6 as soon as one is about sign-in, else 4', () => {
  fc.assert(
    fc.property(fc.array(finding), (findings) => {
      const failed = findings.filter(({ status }) => status === 'fail')
      const expected = failed.length === 0 ? 0 : failed.some(({ isSignIn }) => isSignIn) ? 6 : 4
      expect(exitCodeOfFindings(findings)).toBe(expected)
    }),
  )
})

test('a check that is interrupted ends all', async () => {
  const stop = new AbortController()
  const reason = new CustodyError('INTERRUPTED', 'Interrupted.')
  const later = { name: 'later', org: null, run: async () => ok('fine') }
  const interrupted: Check = {
    name: 'interrupted',
    org: null,
    run: async () => {
      stop.abort(reason)
      throw new Error('cut short')
    },
  }
  const seen: string[] = []
  const options = { signal: stop.signal, onFinding: ({ check }: { check: Check }) => seen.push(check.name) }
  await expect(runChecks([interrupted, later], options)).rejects.toBe(reason)
  expect(seen).toEqual([])
})

test('what builds on something that is not to be had is skipped, and says why', async () => {
  const look = (): Finding => {
    throw new Error('must not be asked')
  }
  expect(await building(Promise.reject(new Error('gone')), 'it is gone', look)).toMatchObject({
    status: 'skipped',
    message: 'not looked at: it is gone',
  })
  expect(await building(Promise.resolve(7), 'it is gone', (value) => ok(`${value}`))).toMatchObject({ message: '7' })
})

test('only errors of ours speak', () => {
  const own = new CustodyError('OWN', 'Own.', { kind: 'sign-in', actions: ['Do.'] })
  expect(failureOf(own)).toMatchObject({ code: 'OWN', message: 'Own.', actions: ['Do.'], isSignIn: true })
  expect(failureOf(new Error('Anna wrote this'))).toMatchObject({ code: 'UNEXPECTED' })
  expect(JSON.stringify(failureOf(new Error('Anna wrote this')))).not.toContain('Anna')
})
