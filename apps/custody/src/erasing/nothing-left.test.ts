import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readConversations, verify } from '@custody/archive'
import { expect, test } from 'vitest'
import { formsIn } from '../testing/forms-in.ts'
import { startMasking } from '../testing/masking-org.ts'
import { openArchive } from '../testing/opened-archive.ts'

/** Every file below a folder, and whatever stands compressed in it. */
function bytesBelow(folder: string): readonly (readonly [path: string, bytes: Buffer])[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return bytesBelow(path)
    const within = name.endsWith('.zip')
      ? [...openArchive(path).files()].map(([file, bytes]) => [`${path}!${file}`, Buffer.from(bytes)] as const)
      : []
    return [[path, readFileSync(path)] as const, ...within]
  })
}

test('after erasure nothing of the person stands in any ledger, log, report, plan or rewritten archive', {
  timeout: 60_000,
}, async () => {
  await using masking = await startMasking()
  const { under, run, clock, person } = masking
  const { from, to } = under.org.window
  const done = async (args: readonly string[], ...codes: readonly number[]): Promise<void> => {
    const { code, stdout, stderr } = await run(args)
    expect([args, codes.includes(code ?? -1) || stderr]).toEqual([args, true])
    told.push(stdout, stderr)
  }
  const told: string[] = []
  await done(['archive', '--from', from, '--to', to, '--redact', 'none'], 0)
  const [own, others]: [string[], string[]] = [[], []]
  for await (const { identifier, entries } of readConversations(under.zip)) {
    const texts = entries.flatMap(({ text }) => text ?? [])
    if (person.conversations.includes(identifier)) own.push(...texts)
    else others.push(...texts)
  }
  // What nobody else said too.
  const words = own.filter((text) => text.length > 15 && !others.some((other) => other.includes(text)))
  const known = [...person.values, ...words]
  expect(words.length).toBeGreaterThan(3)
  // The search finds what stands there.
  const unpacked = openArchive(under.zip)
  expect([...unpacked.files()].flatMap(([, bytes]) => formsIn(bytes, known)).length).toBeGreaterThan(known.length)
  rmSync(dirname(unpacked.folder), { recursive: true })

  await done(['erase', 'plan', 'R-1', '--out', join(under.folder, 'plans')], 0, 4)
  await using store = await masking.store()
  await done(['erase', 'approve', (await store.plan('R-1'))?.digest ?? '', '--operator', 'dpo'], 0)
  await done(['erase', 'run', 'R-1', '--json'], 7)
  clock.advance(2 * 3_600_000)
  await done(['erase', 'confirm', '--json'], 0)
  const basis = ['--reference', 'R-1', '--basis', 'gdpr-17-1-b', '--operator', 'dpo']
  await done(['erase', 'archives', under.archives, ...basis], 0)
  const closing = ['--out', join(under.folder, 'reports'), '--unsigned', '--close', '--operator', 'dpo']
  await done(['erase', 'report', 'R-1', ...closing], 0)
  for (const [path, bytes] of bytesBelow(under.folder)) expect([path, formsIn(bytes, known)]).toEqual([path, []])
  expect(formsIn(Buffer.from(told.slice(2).join('\n')), known)).toEqual([])
  expect((await verify(under.zip)).verdict).toBe('valid')
})
