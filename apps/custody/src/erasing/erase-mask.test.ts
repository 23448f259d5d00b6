import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { changedOwners } from '@custody/emulator'
import { expect, test } from 'vitest'
import { formsIn } from '../testing/forms-in.ts'
import { startMasking } from '../testing/masking-org.ts'

/** Every file below a folder. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

test('masked where it stands: counted, approved, replaced, read back through all sources, told; nothing of it is kept', {
  timeout: 60_000,
}, async () => {
  await using masking = await startMasking()
  const { under, run, clock, person } = masking
  const { org, folder } = under
  const said = [...org.truth.mentions()].filter(({ conversationIdentifier }) =>
    person.conversations.includes(conversationIdentifier),
  )
  expect(said.length).toBeGreaterThan(0)
  const before = org.snapshot()
  const planned = await run(['erase', 'mask', 'plan', 'R-1', '--policy', 'strict', '--out', join(folder, 'plans')])
  expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('NAME') })
  expect(await run(['erase', 'mask', 'run', 'R-1'])).toMatchObject({ code: 5 })
  // Somebody writes after the plan was made: what was approved is not what would be done.
  org.edit(said[0]?.entryId ?? '', `it is me, ${person.values[0]}`)
  expect(await masking.approve('R-1')).toMatchObject({ code: 5, stderr: expect.stringContaining('texts') })
  await masking.planned('R-1', 'strict')
  expect(changedOwners(before, org.snapshot())).toEqual([person.id])

  expect(await run(['erase', 'run', '--all'])).toMatchObject({ code: 0, stdout: '' })
  expect(org.deletion.requests).toEqual([])
  const ran = await run(['erase', 'mask', 'run', 'R-1', '--json'])
  expect(ran.code).toBe(7)
  // Data 360 shows what was said for an hour more.
  expect((await run(['erase', 'confirm'])).stdout).toBe('pending (unseen-data360): 1\n')
  clock.advance(2 * 3_600_000)
  const confirmed = await run(['erase', 'confirm'])
  // Agents are named in events, which take no other text.
  expect(confirmed).toMatchObject({ code: 3, stdout: 'masked (out-of-reach): 1\n' })
  const left = new Set([...org.truth.mentions()].map(({ entryId }) => entryId))
  const stays = said.filter(({ entryId }) => left.has(entryId))
  expect(stays.length).toBeLessThan(said.length)
  // Only what is no plain text.
  for (const { entryId } of stays) expect(() => org.edit(entryId, 'x')).toThrow('plain text')
  expect(changedOwners(before, org.snapshot())).toEqual([person.id])

  const inArchives = ['erase', 'archives', folder, '--reference', 'R-1', '--basis', 'gdpr-17-1-b', '--operator', 'dpo']
  const refused = { code: 5, stderr: expect.stringContaining('custody redact ARCHIVE') }
  expect(await run([...inArchives, '--plan'])).toMatchObject(refused)

  const report = [
    'erase',
    'report',
    'R-1',
    '--out',
    join(folder, 'reports'),
    '--unsigned',
    '--close',
    '--operator',
    'dpo',
  ]
  expect((await run(report)).code).toBe(3)
  // Closed as well: neither is anybody left out of later archives who was only masked.
  expect(await run(inArchives)).toMatchObject(refused)
  await using store = await masking.store()
  expect(await store.isSuppressed(person.id)).toBe(false)
  const html = readFileSync(filesBelow(join(folder, 'reports')).find((path) => path.endsWith('.html')) ?? '', 'utf8')
  expect(html).toContain('Masked in part')
  expect(html).toContain('the conversations stay')
  const kept = filesBelow(folder).filter((path) => !path.endsWith('custody.config.yaml'))
  expect(kept.length).toBeGreaterThan(4)
  for (const path of kept) expect([path, formsIn(readFileSync(path), person.values)]).toEqual([path, []])
  for (const text of [ran.stdout, ran.stderr, planned.stdout]) {
    expect(formsIn(Buffer.from(text), person.values)).toEqual([])
  }
})

test('a policy that leaves texts alone, or keeps what it takes out, masks nothing', { timeout: 60_000 }, async () => {
  await using masking = await startMasking()
  const file = join(masking.under.folder, 'policy.yaml')
  writeFileSync(file, 'version: 1\nfields: { text: keep }\n')
  expect(await masking.run(['erase', 'mask', 'plan', 'R-1', '--policy', file])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ERASURE_MASK_POLICY'),
  })
  // A policy that is changed behind the approval is not the one that was approved.
  writeFileSync(file, 'version: 1\npreset: strict\n')
  await masking.planned('R-1', file)
  writeFileSync(file, 'version: 1\npreset: analytics\n')
  expect(await masking.run(['erase', 'mask', 'run', 'R-1'])).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('ERASURE_MASK_POLICY_CHANGED'),
  })
  expect(masking.under.org.calls['connect-update'].count).toBe(0)
})
