import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditChainCheck } from './audit-chain-check.ts'
import { AuditPartCheck, type AuditPartOptions, type AuditPartResult, checkAuditPart } from './audit-part-check.ts'
import { mutation } from './testing/mutation.ts'
import { checkpointOf, sampleLines, sha256 } from './testing/sample-log.ts'

const lines = sampleLines(12)
const text = lines.join('')
const to = checkpointOf(lines)
const codes = ({ findings }: AuditPartResult): string[] => findings.map(({ code }) => code)
const upTo = (size: number): ReturnType<typeof checkpointOf> => checkpointOf(lines.slice(0, size))
const part = (from: number, size: number): string => lines.slice(from, size).join('')

describe('one part', () => {
  test('from the first line on, its root is compared', () => {
    expect(checkAuditPart(text, { to })).toEqual({
      findings: [],
      omitted: 0,
      lines: 12,
      rootCompared: true,
      lastLineHash: sha256(lines[11] ?? ''),
    })
    expect(codes(checkAuditPart(text, { to: { ...to, root: '0'.repeat(64) } }))).toEqual(['AUDIT_ROOT'])
  })

  test('from a later line on, it is a chain that ends where the seal says', () => {
    const lastLineHash = sha256(lines[4] ?? '')
    for (const from of [undefined, { size: 5 }, { size: 5, lastLineHash }]) {
      const options: AuditPartOptions = from === undefined ? { to } : { from, to }
      expect(checkAuditPart(part(5, 12), options)).toMatchObject({ findings: [], lines: 7, rootCompared: false })
    }
    expect(codes(checkAuditPart(part(5, 12), { from: { size: 5, lastLineHash: '0'.repeat(64) }, to }))).toEqual([
      'AUDIT_FORK',
    ])
    expect(codes(checkAuditPart(part(6, 12), { from: { size: 5 }, to }))).toEqual(['AUDIT_GAP'])
    expect(codes(checkAuditPart(part(4, 12), { from: { size: 5 }, to }))).toEqual(['AUDIT_OVERLAP'])
  })

  test('without lines', () => {
    const empty = checkpointOf([])
    expect(checkAuditPart('', { to: empty })).toMatchObject({ findings: [], lines: 0, rootCompared: true })
    expect(codes(checkAuditPart('', { to }))).toEqual(['AUDIT_CUT'])
    expect(checkAuditPart('', { from: to, to })).toMatchObject({ findings: [], rootCompared: true })
    expect(codes(checkAuditPart('', { from: { ...to, root: '0'.repeat(64) }, to }))).toEqual(['AUDIT_ROOT'])
    expect(codes(checkAuditPart('', { from: { size: 5 }, to }))).toEqual(['AUDIT_CUT'])
    expect(codes(checkAuditPart('', { to: { ...empty, root: '0'.repeat(64) } }))).toEqual(['AUDIT_ROOT'])
  })

  test.each([
    ['AUDIT_CUT', part(0, 11)],
    ['AUDIT_SURPLUS', text + sampleLines(13)[12]],
    ['AUDIT_UNFINISHED', text.slice(0, -1)],
    ['AUDIT_UNFINISHED', `${text}{`],
    ['AUDIT_LINE_MALFORMED', text.replace('"n":3', '"n": 3')],
    ['AUDIT_LINE_MALFORMED', `${part(0, 5)}${'x'.repeat(100_000)}\n${part(5, 12)}`],
    ['AUDIT_LINE_NUMBER', part(0, 5) + part(6, 12)],
    ['AUDIT_LINE_CHANGED', text.replace('"records":3', '"records":4')],
  ])('%s', (code, damaged) => {
    expect(codes(checkAuditPart(damaged, { to }))).toContain(code)
  })

  test('a seal that states less than the one before', () => {
    expect(codes(checkAuditPart('', { from: to, to: upTo(11) }))).toEqual(['AUDIT_SHRUNK'])
  })

  test('all faults are told, each by its line', () => {
    const damaged = text.replace('"n":2', '"n":02').replace('"records":7', '"records":8')
    const { findings } = checkAuditPart(damaged, { to })
    expect(findings.map(({ code, line }) => [code, line])).toEqual([
      ['AUDIT_LINE_MALFORMED', 3],
      ['AUDIT_LINE_CHANGED', 9],
    ])
  })

  test('a flood of faults is counted, not kept', () => {
    const { findings, omitted } = checkAuditPart('\n'.repeat(5000), { to: upTo(12) })
    expect(findings).toHaveLength(1000)
    expect(findings.length + omitted).toBeGreaterThanOrEqual(5000)
  })

  test('whatever is done to the bytes is found, in whatever pieces they come', () => {
    const whole = Buffer.from(text, 'latin1')
    fc.assert(
      fc.property(mutation, fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), (mutate, sizes) => {
        const bytes = mutate(whole)
        fc.pre(bytes !== null)
        const result = checkAuditPart(bytes, { from: { size: 0 }, to })
        expect(result.findings.length).toBeGreaterThan(0)
        const check = new AuditPartCheck({ from: { size: 0 }, to })
        for (let start = 0, turn = 0; start < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          check.push(bytes.subarray(start, start + size))
          start += size
        }
        expect(check.end()).toEqual(result)
      }),
      { numRuns: 1500 },
    )
  })
})

describe('a chain of parts', () => {
  const sizes = [0, 4, 4, 9, 12]
  const links = sizes.slice(1).map((size, index) => ({ bytes: part(sizes[index] ?? 0, size), to: upTo(size) }))
  const check = (chain: readonly { bytes: string; to: typeof to }[]): string[][] => {
    const checking = new AuditChainCheck()
    return chain.map(({ bytes, to }) => codes(checking.add(bytes, to)))
  }

  test('is one log', () => {
    const checking = new AuditChainCheck()
    for (const { bytes, to } of links) {
      expect(checking.add(bytes, to)).toMatchObject({ findings: [], rootCompared: true })
    }
  })

  test('however it is cut, and in whatever pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 500 }),
        (cuts, step) => {
          const ends = [...cuts.sort((a, b) => a - b), 12]
          const checking = new AuditChainCheck()
          let from = 0
          for (const end of ends) {
            const one = checking.part(upTo(end))
            const bytes = Buffer.from(part(from, end))
            for (let start = 0; start < bytes.length; start += step) one.push(bytes.subarray(start, start + step))
            expect(one.end()).toMatchObject({ findings: [], rootCompared: true })
            from = end
          }
        },
      ),
    )
  })

  test('an archive left out shows as a gap, once', () => {
    expect(check([links[0], links[3]].filter((link) => link !== undefined))).toEqual([[], ['AUDIT_GAP']])
    expect(check(links.slice(2))).toEqual([['AUDIT_GAP'], []])
  })

  test('a fault of one archive is not told again by the next ones', () => {
    const [a, b, c, d] = links
    if (!a || !b || !c || !d) throw new Error('links')
    const faults = [
      { ...c, bytes: part(4, 8) },
      { ...c, bytes: part(4, 10) },
      { ...c, bytes: c.bytes.replace('"records":5', '"records":6') },
      { ...c, to: { ...c.to, root: '0'.repeat(64) } },
      { ...c, bytes: '' },
      { ...c, bytes: 'nothing of this\n' },
    ]
    for (const faulty of faults) {
      const found = check([a, b, faulty, d])
      expect(found[2]).not.toEqual([])
      expect([found[0], found[1], found[3]]).toEqual([[], [], []])
    }
  })

  test('archives in another order, or twice', () => {
    const [a, , c, d] = links
    if (!a || !c || !d) throw new Error('links')
    expect(check([a, d, c])).toEqual([[], ['AUDIT_GAP'], ['AUDIT_OVERLAP', 'AUDIT_SHRUNK']])
    expect(check([a, c, c])[2]).toContain('AUDIT_OVERLAP')
  })

  test('a log written anew behind a seal is a fork, even where all else fits', () => {
    const other = sampleLines(9, 'archive.end')
    const forged = { bytes: other.slice(4).join(''), to: checkpointOf(other) }
    const [first, second] = links
    if (!first || !second) throw new Error('links')
    expect(check([first, second, forged])).toEqual([[], [], ['AUDIT_FORK', 'AUDIT_ROOT']])
  })

  test('a tail cut before the next archive shows, whatever was written behind it', () => {
    // Lines 3 and later were cut after the seal of 4, and the log went on from there.
    const other = [...lines.slice(0, 3)]
    const again = sampleLines(7).slice(3)
    const forged = { bytes: again.join(''), to: checkpointOf([...other, ...again]) }
    const [first] = links
    if (!first) throw new Error('links')
    expect(check([first, forged])[1]).toContain('AUDIT_OVERLAP')
  })

  test('part of a chain can be checked from a seal on', () => {
    const checking = new AuditChainCheck({ ...upTo(4), lastLineHash: sha256(lines[3] ?? '') })
    expect(checking.add(links[2]?.bytes ?? '', upTo(9))).toMatchObject({ findings: [], rootCompared: false })
    expect(checking.add(links[3]?.bytes ?? '', to)).toMatchObject({ findings: [], rootCompared: false })
  })

  test('whatever is done to one part is found, there or in a later one', () => {
    fc.assert(
      fc.property(mutation, fc.constantFrom(0, 2, 3), (mutate, which) => {
        const bytes = mutate(Buffer.from(links[which]?.bytes ?? '', 'latin1'))
        fc.pre(bytes !== null)
        const changed = links.map((link, index) =>
          index === which ? { ...link, bytes: bytes.toString('latin1') } : link,
        )
        // Sound until then, and told where it is.
        const checking = new AuditChainCheck()
        const found = changed.map(({ bytes, to }) => {
          const one = checking.part(to)
          one.push(Buffer.from(bytes, 'latin1'))
          return codes(one.end())
        })
        expect(found.slice(0, which).flat()).toEqual([])
        expect(found[which]).not.toEqual([])
      }),
      { numRuns: 600 },
    )
  })
})
