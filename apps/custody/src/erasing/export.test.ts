import { appendFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { readConversations, verify } from '@custody/archive'
import { readPlan } from '@custody/erasure'
import { expect, test } from 'vitest'
import { startMasking } from '../testing/masking-org.ts'
import { exportsDirectory } from './export-conversations.ts'

test('what will go is archived first: exactly that, sealed, named by the plan, and there when it is approved', {
  timeout: 60_000,
}, async () => {
  await using masking = await startMasking()
  const { under, run, person, store } = masking
  expect(await run(['erase', 'plan', 'R-1', '--export'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('EXPORT_UNSEALED'),
  })
  appendFileSync(under.config, `seal: { keys: ${join(under.folder, 'keys')} }\nerasure: { exportFirst: true }\n`)
  expect((await run(['keys', 'init'])).code).toBe(0)
  const planOf = async () => {
    await using reading = await store()
    const plan = await reading.plan('R-1')
    return { digest: plan?.digest ?? '', ...readPlan(plan?.bytes ?? new Uint8Array()) }
  }
  const approve = async () => await run(['erase', 'approve', (await planOf()).digest, '--operator', 'dpo'])
  await run(['erase', 'plan', 'R-1'])
  expect((await planOf()).export).toBeNull()
  expect(await approve()).toMatchObject({ code: 5, stderr: expect.stringContaining('EXPORT_MISSING') })

  const planned = await run(['erase', 'plan', 'R-1', '--export'])
  expect([planned.code, planned.stderr]).toEqual([0, expect.stringContaining('exported')])
  const plan = await planOf()
  expect(plan).toMatchObject({ notArchived: 0, export: { seal: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  const directory = exportsDirectory({ archive: { directory: under.archives } } as never, 'R-1')
  const archive = join(directory, plan.export?.archive ?? '')
  const found: string[] = []
  for await (const { identifier } of readConversations(archive)) found.push(identifier)
  expect(found.sort()).toEqual([...person.conversations].sort())
  expect(await verify(archive)).toMatchObject({ verdict: 'valid' })

  // Planned again it is there already.
  await run(['erase', 'plan', 'R-1', '--export'])
  expect((await planOf()).archives).toHaveLength(1)
  await run(['erase', 'plan', 'R-1'])
  renameSync(archive, `${archive}.elsewhere`)
  expect(await approve()).toMatchObject({ code: 5 })
  renameSync(`${archive}.elsewhere`, archive)
  expect(await approve()).toMatchObject({ code: 0 })
  // The months of the org are sealed as if nothing had been exported.
  const { from, to } = under.org.window
  expect(await run(['archive', '--from', from, '--to', to])).toMatchObject({ code: 0 })
})
