import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startLocalAuthority } from '../../../packages/timestamp/src/testing/local-authority.ts'
import { openArchive } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'
import { runCommand } from './testing/run-custody.ts'

interface Sealed extends OrgUnderTest {
  /** Archives one stretch of the month: `[from, to)` as days. */
  stretch(from: number, to: number, flags?: readonly string[]): ReturnType<OrgUnderTest['custody']>
  /** The place of its archive. */
  zipOf(from: number, to: number): string
  /** A file with the public key. */
  readonly key: string
  readonly state: string
}

const month = '2026-10'
const day = (number: number): string => `${month}-${String(number).padStart(2, '0')}`

/** An org with a configured key. */
async function startSealed(extra = ''): Promise<Sealed> {
  const under = await startOrgUnderTest({ conversations: 12, month })
  const keys = join(under.folder, 'keys')
  const state = join(under.folder, 'state')
  appendFileSync(under.config, `seal: { keys: ${keys}${extra} }\nstate: { directory: ${state} }\n`)
  expect(await under.custody(['keys', 'init'])).toMatchObject({ code: 0 })
  return {
    ...under,
    key: join(keys, 'signing-key.pub'),
    state,
    stretch: (from, to, flags = []) =>
      under.custody(['archive', '--from', day(from), '--to', day(to), '--allow-empty', ...flags]),
    zipOf: (from, to) => join(under.archives, `shop-${day(from)}--${day(to)}.zip`),
  }
}

const sealOf = (zip: string): string => openArchive(zip).file('seal/seal.txt')

describe('a chain of sealed archives', () => {
  test('is whole, and a missing, a replaced and an unsealed one show', { timeout: 120_000 }, async () => {
    await using org = await startSealed()
    for (const [from, to] of [
      [1, 8],
      [8, 16],
      [16, 24],
    ] as const) {
      expect(await org.stretch(from, to)).toMatchObject({ code: 0 })
    }
    const whole = await org.custody(['verify', '--chain', org.archives, '--key', org.key])
    expect({ code: whole.code, findings: whole.stdout.match(/^[A-Z_]{5,} .*/gm) }).toEqual({ code: 0, findings: null })
    expect(whole.stdout).toContain('shop: a chain of 3 archives, whole')
    expect(sealOf(org.zipOf(8, 16))).toContain(
      `prev-seal-sha256 ${createHash('sha256')
        .update(sealOf(org.zipOf(1, 8)))
        .digest('hex')}\n`,
    )
    const head = createHash('sha256')
      .update(sealOf(org.zipOf(16, 24)))
      .digest('hex')

    const codes = async (...flags: string[]): Promise<{ code: number | null; codes: string[] }> => {
      const { code, stdout } = await org.custody(['verify', '--chain', org.archives, '--key', org.key, ...flags])
      return { code, codes: [...new Set([...stdout.matchAll(/^([A-Z]+_[A-Z_]+) /gm)].map(([, found = '']) => found))] }
    }
    const elsewhere = join(org.folder, 'elsewhere.zip')
    renameSync(org.zipOf(8, 16), elsewhere)
    const missing = await codes()
    expect(missing.code).toBe(4)
    expect(missing.codes).toContain('CHAIN_MISSING')
    renameSync(elsewhere, org.zipOf(8, 16))

    renameSync(org.zipOf(16, 24), elsewhere)
    expect(await codes()).toEqual({ code: 0, codes: [] })
    const cut = await codes('--head', head)
    expect(cut).toMatchObject({ code: 4 })
    renameSync(elsewhere, org.zipOf(16, 24))

    // The same stretch again, sealed with the same key beside the chain: as a forger with the key would.
    rmSync(org.state, { recursive: true })
    renameSync(org.archives, `${org.archives}-old`)
    expect(await org.stretch(8, 16)).toMatchObject({ code: 0 })
    renameSync(org.zipOf(8, 16), elsewhere)
    rmSync(org.archives, { recursive: true })
    renameSync(`${org.archives}-old`, org.archives)
    rmSync(org.zipOf(8, 16))
    renameSync(elsewhere, org.zipOf(8, 16))
    expect((await codes()).code).toBe(4)
  })

  test('goes on from its archives when the state is lost, and from the state when they are elsewhere', {
    timeout: 120_000,
  }, async () => {
    await using org = await startSealed()
    expect(await org.stretch(1, 8)).toMatchObject({ code: 0 })
    renameSync(org.archives, `${org.archives}-elsewhere`)
    expect(await org.stretch(8, 16)).toMatchObject({ code: 0 })
    expect(sealOf(org.zipOf(8, 16))).toContain('\nseq 2\n')
    rmSync(join(org.state, 'shop', 'head.note'))
    expect(await org.stretch(16, 24)).toMatchObject({ code: 0 })
    expect(sealOf(org.zipOf(16, 24))).toContain('\nseq 3\n')
    for (const file of readdirSync(`${org.archives}-elsewhere`)) {
      renameSync(join(`${org.archives}-elsewhere`, file), join(org.archives, file))
    }
    expect((await org.custody(['verify', '--chain', org.archives, '--key', org.key])).code).toBe(0)
  })

  test('does not go on with an audit log that was cut or changed', { timeout: 60_000 }, async () => {
    await using org = await startSealed()
    expect(await org.stretch(1, 8)).toMatchObject({ code: 0 })
    const log = join(org.state, 'shop', 'audit.jsonl')
    const lines = readFileSync(log, 'utf8')
    const calls = org.org.calls.token.count
    writeFileSync(log, lines.slice(0, lines.indexOf('\n') + 1))
    const cut = await org.stretch(8, 16)
    expect(cut.code).toBe(5)
    expect(cut.stderr).toContain('[AUDIT_LOG_TRUNCATED]')
    writeFileSync(log, lines.replace('"archive.start"', '"archive.begin"'))
    expect((await org.stretch(8, 16)).stderr).toMatch(/\[AUDIT_LOG_(DAMAGED|CHANGED)\]/)
    expect(org.org.calls.token.count).toBe(calls)
    writeFileSync(log, lines)
    expect(await org.stretch(8, 16)).toMatchObject({ code: 0 })

    // A log that is lost altogether is made again from the archives.
    rmSync(log)
    expect((await org.stretch(16, 24)).stderr).toContain('[AUDIT_LOG_TRUNCATED]')
    expect(await org.custody(['audit', 'restore'])).toMatchObject({ code: 0 })
    expect((await org.custody(['audit', 'restore'])).stderr).toContain('[AUDIT_LOG_EXISTS]')
    expect(await org.stretch(16, 24)).toMatchObject({ code: 0 })
    expect((await org.custody(['verify', '--chain', org.archives, '--key', org.key])).code).toBe(0)
  })

  test('believes no seal that others made, misses none that it made, and keeps out what does not fit', {
    timeout: 120_000,
  }, async () => {
    await using org = await startSealed()
    expect(await org.stretch(1, 8)).toMatchObject({ code: 0 })
    const seal = sealOf(org.zipOf(1, 8))
    const forged = join(org.archives, 'forged')
    mkdirSync(join(forged, 'seal'), { recursive: true })
    writeFileSync(join(forged, 'bagit.txt'), '')
    const later = (text: string): string =>
      text.replace('\nseq 1\n', '\nseq 99\n').replace('sha256 none', `sha256 ${'0'.repeat(64)}`)
    writeFileSync(join(forged, 'seal', 'seal.txt'), later(seal))
    expect((await org.stretch(8, 16)).stderr).toContain('[CHAIN_FOREIGN_SEAL]')
    rmSync(forged, { recursive: true })
    const head = join(org.state, 'shop', 'head.note')
    const kept = readFileSync(head, 'utf8')
    writeFileSync(head, later(kept))
    expect((await org.stretch(8, 16)).stderr).toContain('[CHAIN_FOREIGN_SEAL]')
    writeFileSync(head, kept)
    expect((await org.stretch(4, 10)).stderr).toContain('[CHAIN_PERIOD]')

    // The last archive and the head are lost; the log knows better.
    const elsewhere = join(org.folder, 'elsewhere.zip')
    renameSync(org.zipOf(1, 8), elsewhere)
    rmSync(head)
    const behind = await org.stretch(8, 16)
    expect({ code: behind.code, said: behind.stderr.includes('[CHAIN_BEHIND]') }).toEqual({ code: 5, said: true })
    renameSync(elsewhere, org.zipOf(1, 8))
    expect(await org.stretch(8, 16)).toMatchObject({ code: 0 })
  })

  test('takes one run at a time', { timeout: 60_000 }, async () => {
    await using org = await startSealed()
    const ran = await Promise.all([org.stretch(1, 8), org.stretch(8, 16), org.stretch(16, 24)])
    const done = ran.filter(({ code }) => code === 0)
    expect(done.length).toBeGreaterThan(0)
    for (const { code, stderr } of ran) if (code !== 0) expect({ code, stderr }).toMatchObject({ code: 11 })
    for (const [from, to] of [
      [1, 8],
      [8, 16],
      [16, 24],
    ] as const)
      await org.stretch(from, to)
    const { code, stdout } = await org.custody(['verify', '--chain', org.archives, '--key', org.key])
    expect(code).toBe(0)
    expect(stdout).toContain('a chain of 3 archives, whole')
  })

  test('survives a change of keys: who trusts the first key trusts the second', { timeout: 60_000 }, async () => {
    await using org = await startSealed()
    const first = join(org.folder, 'first.pub')
    writeFileSync(first, readFileSync(org.key))
    expect(await org.stretch(1, 8)).toMatchObject({ code: 0 })
    expect(await org.custody(['keys', 'rotate'])).toMatchObject({ code: 0 })
    expect(await org.stretch(8, 16)).toMatchObject({ code: 0 })
    for (const key of [first, org.key]) {
      const { code, stdout } = await org.custody(['verify', org.zipOf(8, 16), '--key', key])
      expect({ code, trusted: stdout.includes('(trusted)') }).toEqual({ code: 0, trusted: true })
    }
    expect((await org.custody(['verify', '--chain', org.archives, '--key', first])).code).toBe(0)
    // The new key does not vouch for what the old one signed.
    const back = await org.custody(['verify', org.zipOf(1, 8), '--key', org.key])
    expect(back.code).toBe(4)
    expect(back.stdout).toContain('SEAL_UNTRUSTED')
  })
})

describe('a sealed archive', () => {
  test('is not replaced, and not made without the key', { timeout: 60_000 }, async () => {
    await using org = await startSealed()
    expect(await org.stretch(1, 8)).toMatchObject({ code: 0 })
    const again = await org.stretch(1, 8, ['--replace'])
    expect({ code: again.code, said: again.stderr.includes('[ARCHIVE_SEALED]') }).toEqual({ code: 5, said: true })
    const calls = org.org.calls.token.count
    rmSync(join(org.folder, 'keys', 'signing-key.pem'))
    const lost = await org.stretch(8, 16)
    expect(lost.stderr).toMatch(/\[KEY_LOST\]/)
    expect(lost.code).not.toBe(0)
    expect(org.org.calls.token.count).toBe(calls)
    expect((await org.custody(['keys', 'init'])).stderr).toContain('[KEY_LOST]')
  })

  test('proves one conversation to somebody who has nothing else of it', { timeout: 60_000 }, async () => {
    await using org = await startSealed()
    expect((await org.archive()).code).toBe(0)
    const [first = ''] = openArchive(org.zip).file('data/conversations/part-00001.jsonl').split('\n')
    const { identifier } = JSON.parse(first).conversation
    const proof = join(org.folder, 'proof')
    expect(await org.custody(['prove', org.zip, '--conversation', identifier, '--out', proof])).toMatchObject({
      code: 0,
    })
    const checked = await org.custody(['verify-proof', proof, '--key', org.key])
    expect({ code: checked.code, stdout: checked.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('valid'),
    })
    for (const file of ['proof.tlog-proof', 'record.json', 'conversation.json']) {
      const path = join(proof, file)
      const bytes = readFileSync(path)
      const changed = Buffer.from(bytes)
      changed[10] = (changed[10] ?? 0) ^ 1
      writeFileSync(path, changed)
      expect((await org.custody(['verify-proof', proof, '--key', org.key])).code).toBe(4)
      writeFileSync(path, bytes)
    }
    expect(readFileSync(join(org.state, 'shop', 'audit.jsonl'), 'utf8')).toContain('"disclosure.created"')
    const unknown = await org.custody(['prove', org.zip, '--conversation', 'nobody', '--out', `${proof}-2`])
    expect({ code: unknown.code, made: readdirSync(org.folder).includes('proof-2') }).toEqual({ code: 10, made: false })
  })

  test('loses one conversation to an erasure, and everything else still holds', { timeout: 120_000 }, async () => {
    await using org = await startSealed()
    expect((await org.archive()).code).toBe(0)
    expect((await org.custody(['archive', '--from', '2026-11-01', '--to', '2026-11-02', '--allow-empty'])).code).toBe(0)
    const old = readFileSync(org.zip)
    const before = openArchive(org.zip)
    const [gone = '', kept = ''] = before.file('data/conversations/part-00001.jsonl').split('\n')
    const { identifier } = JSON.parse(gone).conversation
    const other = JSON.parse(kept).conversation.identifier
    const proof = join(org.folder, 'proof')
    await org.custody(['prove', org.zip, '--conversation', other, '--out', proof])

    const request = [
      'erase',
      'archive',
      org.zip,
      '--record',
      identifier,
      '--basis',
      'gdpr-17-1-b',
      '--operator',
      'dpo-1',
    ]
    const planned = await org.custody([...request, '--plan'])
    expect({ code: planned.code, said: planned.stdout.includes('1 conversations would go') }).toEqual({
      code: 0,
      said: true,
    })
    expect(openArchive(org.zip).file('manifest-sha256.txt')).toBe(before.file('manifest-sha256.txt'))
    const erased = await org.custody(request)
    expect({ code: erased.code, stderr: erased.stderr.includes('error:') }).toEqual({ code: 0, stderr: false })

    const after = openArchive(org.zip)
    for (const [path] of after.files())
      expect({ path, has: after.file(path).includes(identifier) }).toEqual({ path, has: false })
    expect(after.file('integrity/leaves.txt')).toBe(before.file('integrity/leaves.txt'))
    const checked = await org.custody(['verify', '--chain', org.archives, '--key', org.key])
    expect({ code: checked.code, findings: checked.stdout.match(/^[A-Z]+_[A-Z_]+ .*/gm) }).toEqual({
      code: 0,
      findings: null,
    })
    expect(checked.stdout).toContain('1 of ')
    // What was proven before still is.
    expect((await org.custody(['verify-proof', proof, '--key', org.key])).code).toBe(0)
    expect((await org.custody(['prove', org.zip, '--conversation', identifier, '--out', `${proof}-2`])).code).toBe(10)
    // And the chain goes on.
    const next = await org.custody(['archive', '--from', '2026-11-02', '--to', '2026-11-03', '--allow-empty'])
    expect(next.code).toBe(0)
    expect((await org.custody(['verify', '--chain', org.archives, '--key', org.key])).code).toBe(0)
    // An old copy that is put back shows: the log of the next archive tells what became of it.
    writeFileSync(org.zip, old)
    const rolledBack = await org.custody(['verify', '--chain', org.archives, '--key', org.key])
    expect({ code: rolledBack.code, said: rolledBack.stdout.includes('CHAIN_ROLLED_BACK') }).toEqual({
      code: 4,
      said: true,
    })
    const log = readFileSync(join(org.state, 'shop', 'audit.jsonl'), 'utf8')
    for (const act of ['erasure.requested', 'erasure.executed']) expect(log).toContain(`"${act}"`)
  })

  test('bears the time of an authority, and says so when it could not be had', { timeout: 60_000 }, async () => {
    const authority = await startLocalAuthority()
    try {
      const root = join(mkdtempSync(join(tmpdir(), 'custody-root-')), 'root.pem')
      writeFileSync(root, authority.rootPem)
      await using org = await startSealed(`, timestamp: { url: '${authority.url}', certificates: '${root}' }`)
      expect((await org.stretch(1, 8)).code).toBe(0)
      expect(openArchive(org.zipOf(1, 8)).file('seal/tsa-chain.pem')).toContain('BEGIN CERTIFICATE')
      const checked = await org.custody(['verify', org.zipOf(1, 8), '--key', org.key, '--authorities', root])
      expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/existed at \d{4}-.*\(verified\)/) })
      // OpenSSL says so too.
      const { folder } = openArchive(org.zipOf(1, 8))
      const args = ['ts', '-verify', '-data', 'seal/seal.note', '-in', 'seal/seal.tsr', '-CAfile', root]
      expect(await runCommand('openssl', args, { cwd: folder })).toMatchObject({ code: 0 })

      await authority.close()
      const down = await org.stretch(8, 16)
      expect({ code: down.code, said: down.stderr.includes('bears no timestamp') }).toEqual({ code: 3, said: true })
      expect((await org.custody(['verify', '--chain', org.archives, '--key', org.key])).code).toBe(0)
    } finally {
      await authority.close()
    }
  })

  test('is checked by the lines of its VERIFY.txt, on a machine without Custody', { timeout: 60_000 }, async () => {
    await using org = await startSealed()
    expect((await org.archive()).code).toBe(0)
    const empty = join(org.folder, 'bare')
    mkdirSync(empty)
    const name = org.zip.split('/').at(-1) ?? ''
    writeFileSync(join(empty, name), readFileSync(org.zip))
    const commands = openArchive(org.zip)
      .file('VERIFY.txt')
      .split('\n')
      .flatMap((line) => (line.startsWith('    ') ? [line.slice(4)] : []))
    expect(commands.length).toBeGreaterThan(5)
    const ran = await runCommand('bash', ['-e', '-c', commands.join('\n')], { cwd: empty })
    expect({ code: ran.code, stderr: ran.stderr }).toMatchObject({ code: 0 })
  })
})
