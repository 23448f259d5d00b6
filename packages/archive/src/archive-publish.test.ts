import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation } from '@custody/model'
import { type Batch, defineSource, type Source } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { archive } from './archive.ts'
import { findLeftovers } from './staging.ts'
import { batchOf, sampleConversation, sampleSource, window } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { archiveOptions, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const name = 'acme-2026-10-01--2026-11-01'

describe('a failure', () => {
  const boom = new Error('boom')
  const failingAfter = (batches: number): Source<Conversation> =>
    defineSource('failing', async function* () {
      for (let batch = 0; batch < batches; batch++) yield batchOf([sampleConversation(batch)])
      throw boom
    })

  test.each([0, 1, 5])('after %i batches leaves nothing', async (batches) => {
    const folder = temporaryFolder()
    await expect(writeArchive(folder, failingAfter(batches), { container: 'zip' })).rejects.toBe(boom)
    expect(readdirSync(folder)).toEqual([])
  })

  test('or an abort at any moment leaves nothing, or the whole archive', async () => {
    const outcomes = new Set<string>()
    for (let turns = 0; turns < 200; turns += 1 + Math.floor(turns / 8)) {
      const folder = temporaryFolder()
      const controller = new AbortController()
      const reason = new Error('enough')
      const run = archive(archiveOptions(folder, { container: 'zip' }))(sampleSource(20, 5)(), {
        signal: controller.signal,
      })
      const ended = Promise.resolve(run).then(
        () => 'whole',
        (error) => (error === reason ? 'aborted' : String(error)),
      )
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      controller.abort(reason)
      const outcome = await ended
      outcomes.add(outcome)
      expect(readdirSync(folder)).toEqual(outcome === 'whole' ? [`${name}.zip`] : [])
      if (outcome === 'whole') expect((await verify(join(folder, `${name}.zip`))).verdict).toBe('valid')
    }
    expect(outcomes).toContain('aborted')
    expect([...outcomes].filter((outcome) => outcome !== 'aborted' && outcome !== 'whole')).toEqual([])
  })

  test('a source that ends quietly on an abort does not make half an archive', async () => {
    const folder = temporaryFolder()
    const controller = new AbortController()
    const reason = new Error('enough')
    const quiet = defineSource('quiet', async function* () {
      yield batchOf([sampleConversation(1)])
      controller.abort(reason)
    })
    const run = archive(archiveOptions(folder))(quiet(), { signal: controller.signal })
    await expect(run).rejects.toBe(reason)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a killed run leaves only what says that it is partial; the next run is not disturbed and tells of it', async () => {
    const folder = temporaryFolder()
    const script = `
      import { archive } from ${JSON.stringify(new URL('./archive.ts', import.meta.url).href)}
      import { batchOf, sampleConversation } from ${JSON.stringify(new URL('./testing/sample-conversations.ts', import.meta.url).href)}
      async function* source() {
        yield batchOf(Array.from({ length: 2000 }, (_, index) => sampleConversation(index)))
        yield batchOf([sampleConversation(3000)])
        process.kill(process.pid, 'SIGKILL')
        yield batchOf([sampleConversation(3001)])
      }
      const options = ${JSON.stringify({ ...archiveOptions(folder), key: undefined, clock: undefined, run: { runId: 'killed', tool: 't', startedAt: window.from } })}
      await archive({ ...options, key: Buffer.alloc(32) })(source())`
    expect(() =>
      execFileSync(process.execPath, ['--conditions=@custody/source', '--input-type=module', '-e', script], {
        stdio: 'pipe',
      }),
    ).toThrow(expect.objectContaining({ signal: 'SIGKILL' }))
    expect(readdirSync(folder)).toEqual([`.${name}.partial-killed`])
    expect(await findLeftovers({ directory: folder, name })).toEqual([`.${name}.partial-killed`])
    expect(await findLeftovers({ directory: folder, name: 'another' })).toEqual([])
    expect(await findLeftovers({ directory: join(folder, 'none'), name })).toEqual([])
    await expect(verify(join(folder, `.${name}.partial-killed`))).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' })
    const result = await writeArchive(folder, sampleSource(1))
    expect(result.leftovers).toEqual([`.${name}.partial-killed`])
    expect(readdirSync(folder).sort()).toEqual([`.${name}.partial-killed`, name])
  })

  test('two runs with the same id do not share a folder', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, `.${name}.partial-run-1`))
    await expect(writeArchive(folder, sampleSource(1))).rejects.toMatchObject({
      code: 'ARCHIVE_STAGING',
      kind: 'refused',
    })
    expect(readdirSync(folder)).toEqual([`.${name}.partial-run-1`])
  })
})

describe.each(['zip', 'folder'] as const)('an archive that is there already (%s)', (container) => {
  const file = container === 'zip' ? `${name}.zip` : name

  test('stays when another run of the same name comes to its end later', async () => {
    const folder = temporaryFolder()
    const late = archive(archiveOptions(folder, { container }))
    const first = await writeArchive(folder, sampleSource(2), { container })
    // Nothing is asked for: the org's limits are not spent on an archive that cannot be.
    const untouched = defineSource<Conversation>('untouched', async function* () {
      yield await Promise.reject(new Error('the source was asked'))
    })
    await expect(late(untouched())).rejects.toMatchObject({ code: 'ARCHIVE_EXISTS' })
    expect(await verify(first.path)).toMatchObject({ verdict: 'valid', conversations: 2 })
    expect(readdirSync(folder)).toEqual([file])
  })

  test('stays when it appears while a run is under way', async () => {
    const folder = temporaryFolder()
    const source = defineSource('slow', async function* (): AsyncGenerator<Batch<Conversation>> {
      yield batchOf([sampleConversation(1)])
      await writeArchive(folder, sampleSource(2), {
        container,
        run: { runId: 'faster', tool: 't', startedAt: window.from },
      })
    })
    await expect(writeArchive(folder, source, { container })).rejects.toMatchObject({ code: 'ARCHIVE_EXISTS' })
    expect(readdirSync(folder)).toEqual([file])
    expect(await verify(join(folder, file))).toMatchObject({ verdict: 'valid', conversations: 2 })
  })

  test('is replaced when asked for, and only by a whole one', async () => {
    const folder = temporaryFolder()
    const changes = { container, ifExists: 'replace' } as const
    await writeArchive(folder, sampleSource(2), changes)
    const failing = defineSource('failing', async function* (): AsyncGenerator<Batch<Conversation>> {
      yield batchOf([sampleConversation(1)])
      throw new Error('boom')
    })
    await expect(writeArchive(folder, failing, changes)).rejects.toThrow('boom')
    expect(await verify(join(folder, file))).toMatchObject({ verdict: 'valid', conversations: 2 })
    await writeArchive(folder, sampleSource(3), changes)
    expect(await verify(join(folder, file))).toMatchObject({ verdict: 'valid', conversations: 3 })
    expect(readdirSync(folder)).toEqual([file])
  })

  test('is not replaced when it is no archive but somebody’s folder', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, file))
    writeFileSync(join(folder, file, 'precious.txt'), 'precious')
    await expect(writeArchive(folder, sampleSource(1), { container, ifExists: 'replace' })).rejects.toMatchObject({
      code: 'ARCHIVE_NOT_REPLACEABLE',
    })
    expect(readdirSync(join(folder, file))).toEqual(['precious.txt'])
  })
})
