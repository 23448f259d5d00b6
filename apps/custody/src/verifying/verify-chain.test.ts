import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Amends, type ArchiveOptions, archive, findArchives, verify } from '@custody/archive'
import { type Conversation, emptyConversation } from '@custody/model'
import { defineSource } from '@custody/pipeline'
import { encodeSeal, makeSealFiles, type Seal, sealDigest } from '@custody/seal'
import { expect, onTestFinished, test } from 'vitest'
import { verifyChains } from './verify-chain.ts'

const october = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const november = { from: october.to, to: '2026-12-01T00:00:00.000Z' }
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signer = {
  publicKey: Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
  sign: async (message: Uint8Array) => sign(null, message, privateKey),
}
const emptyTree = createHash('sha256').digest('hex')

/** A conversation of which no entry is there, and none is missing. */
const silent: Conversation = {
  ...emptyConversation('c1'),
  reconciliation: { verdict: 'matched', reason: null, expectedAgentMessages: 0, expectedEndUserMessages: 0 },
}

/** Archives of one conversation, each sealed after the one before. */
class Chain {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'custody-chain-'))
  #last: Seal | undefined

  constructor() {
    onTestFinished(() => rmSync(this.directory, { recursive: true }))
  }

  async add(changes: Pick<ArchiveOptions, 'window'> & Partial<ArchiveOptions>): Promise<void> {
    const sink = archive({
      directory: this.directory,
      org: 'acme',
      container: 'folder',
      mode: 'plain',
      key: new Uint8Array(32),
      run: { runId: 'run-1', tool: 'test/1', startedAt: november.to },
      seal: ({ archive: archiveId, window, superseded: _, ...bag }) => {
        const prevSeal = this.#last && encodeSeal(this.#last)
        this.#last = {
          origin: 'example.com/acme',
          seq: (this.#last?.seq ?? 0) + 1,
          archiveId,
          period: window,
          created: november.to,
          audit: { size: 0, root: emptyTree },
          prevSealSha256: prevSeal ? sealDigest(prevSeal) : null,
          supersedes: null,
          tool: 'test/1',
          ...bag,
        }
        return makeSealFiles({ seal: this.#last, signer, ...(prevSeal !== undefined && { prevSeal }) })
      },
      ...changes,
    })
    await sink(
      defineSource<Conversation>('one', async function* () {
        yield { records: [silent], rejects: [] }
      })(),
    )
  }

  /** Codes of the findings: of each archive for itself, and of the chain. */
  async findings(): Promise<readonly string[]> {
    const reports = await Promise.all((await findArchives(this.directory)).map((path) => verify(path)))
    const sealed = reports.flatMap(({ path, seal, run }) =>
      seal ? [{ path, seal, amends: run?.amends?.archive ?? null }] : [],
    )
    const chains = await verifyChains(sealed, {})
    return [...reports, ...chains].flatMap(({ findings }) => findings.map(({ code }) => code))
  }
}

/** An amendment that says of one entry that it vanished. */
function amends(archive: string, number = 1, sentAt: string = october.from): Amends {
  const entry = 'ab'.repeat(16)
  const vanished = { entry, conversation: null, entryId: null, sentAt, before: 'cd'.repeat(32), amends: archive }
  return { archive, number, amendmentOf: () => undefined, vanished: () => [vanished] }
}

const nameOfOctober = 'acme-2026-10-01--2026-11-01'

test('amendments stand in a chain beside the archive of their time', async () => {
  const chain = new Chain()
  await chain.add({ window: october })
  await chain.add({ window: october, amends: amends(nameOfOctober) })
  await chain.add({ window: november })
  await chain.add({ window: { ...october, to: '2026-10-02T00:00:00.000Z' }, amends: amends(nameOfOctober, 2) })
  expect(await chain.findings()).toEqual([])
})

test('not one of another time, nor one of an archive that is not there', async () => {
  const chain = new Chain()
  await chain.add({ window: october })
  await chain.add({ window: november, amends: amends(nameOfOctober, 1, november.from) })
  await chain.add({ window: october, amends: amends('acme-elsewhere') })
  expect(await chain.findings()).toEqual(['CHAIN_AMENDS_PERIOD', 'CHAIN_AMENDS_UNKNOWN'])
})

test('a second archive of one time does not pass for an amendment, nor the other way round', async () => {
  const chain = new Chain()
  await chain.add({ window: october })
  await chain.add({ window: october, name: 'acme-again' })
  expect(await chain.findings()).toEqual(['CHAIN_PERIOD_TWICE'])
  // Somebody without the key.
  const run = join(chain.directory, 'acme-again', 'run.json')
  const said = `"amends": {\n    "archive": "${nameOfOctober}",\n    "number": 1,\n    "late": 0,\n    "changed": 0,\n    "vanished": 0\n  },`
  writeFileSync(run, readFileSync(run, 'utf8').replace('"mode"', `${said}\n  "mode"`))
  const found = await chain.findings()
  for (const code of ['FILE_CHANGED', 'AMENDS_NAME', 'FILE_MISSING', 'BAG_INFO_DIFFERS']) expect(found).toContain(code)
})
