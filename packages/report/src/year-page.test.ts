import type { RunDocument } from '@custody/archive'
import { expect, test } from 'vitest'
import { tableOf } from './testing/sample-archive.ts'
import { type YearArchive, yearChains } from './year.ts'
import { yearPage } from './year-page.ts'

const counts = { found: 10, conversations: 9, entries: 100, gaps: 0 } as RunDocument['counts']
const madeAt = '2027-01-02T03:04:05.000Z'

function month(number: number, changes: Partial<RunDocument> = {}, seq: number | null = number): YearArchive {
  const first = (month: number): string => new Date(Date.UTC(2026, month - 1, 1)).toISOString()
  const window = { from: first(number), to: first(number + 1) }
  const run = { archive: `acme-${number}`, org: 'acme', mode: 'plain', window, verdict: 'complete', counts, ...changes }
  return {
    path: `archives/acme-${number}${changes.amends ? '-amendment-1' : ''}.zip`,
    run: run as RunDocument,
    erased: 0,
    findings: 0,
    seal: seq === null ? null : { origin: 'acme', seq, created: window.to, time: null, trust: 'trusted' },
  }
}

const pageOf = (archives: readonly YearArchive[], findings: Parameters<typeof yearPage>[0]['findings'] = []): string =>
  yearPage({ archives, findings, notes: [], madeAt })

test('twelve whole months are whole, and the page says no more than that', () => {
  const archives = Array.from({ length: 12 }, (_, index) => month(12 - index))
  const page = pageOf(archives)
  expect(page).toContain('>Whole</h2>')
  const rows = tableOf(page, 'Archives, each before its amendments')
  expect(rows.map(([place, file]) => `${place} ${file}`)).toEqual(
    archives.toReversed().map(({ path }, index) => `${index + 1} ${path.slice(9)}`),
  )
  expect(rows[0]?.slice(2)).toEqual(['Complete', '10', '9', '0', '0', '2026-02-01', 'as it was made'])
})

test('a month that no archive holds, and one that two hold, are seen', () => {
  const page = pageOf([month(1), month(2), month(2, { archive: 'again' }, 3), month(4, {}, 4)])
  expect(page).toContain('>Something is wrong</h2>')
  expect(page).toContain('1 stretch of time in no archive; 1 stretch of time in more than one')
  expect(page).toMatch(/In no archive<\/span><\/h3><ul><li>2026-03-01 up to, and without, 2026-04-01/)
  expect(page).toMatch(/In more than one archive<\/span><\/h3><ul><li>2026-02-01 up to, and without, 2026-03-01/)
})

test('an amendment follows its archive, and holds no time of its own', () => {
  const amends = { archive: 'acme-1', number: 1, late: 2, changed: 1, vanished: 3 }
  const [chain] = yearChains([month(1, { amends }, 3), month(2), month(1)])
  expect(chain?.archives.map(({ seal }) => seal?.seq)).toEqual([1, 3, 2])
  expect([chain?.missing, chain?.overlapping]).toEqual([[], []])
  expect(pageOf([month(1, { amends }, 3), month(1)])).toContain('amends acme-1: 2 late, 1 changed, 3 vanished')
})

test.each([
  [
    'incomplete',
    [month(1, { verdict: 'incomplete' })],
    'Whole, with reservations',
    '1 of the archives says that it is incomplete',
  ],
  ['without a seal', [month(1, {}, null)], 'Whole, with reservations', '1 bears no seal'],
  ['changed', [{ ...month(1), findings: 2 }], 'Something is wrong', '1 of the archives is not as it was made'],
  ['unreadable', [{ ...month(1), run: null }], 'Something is wrong', '1 of the archives is not as it was made'],
  ['none', [], 'No archive', '0 archives in 0 chains'],
] as const)('one that is %s shows', (_name, archives, word, told) => {
  const page = pageOf(archives)
  expect(page).toContain(`>${word}</h2>`)
  expect(page).toContain(told)
})

test('findings and paths are text', () => {
  const page = pageOf(
    [{ ...month(1), path: '<script>.zip' }],
    [{ code: 'CHAIN', path: '<img>', message: '"><svg onload=x>' }],
  )
  expect(page.match(/<(?:script|img|svg onload)/g)).toBeNull()
  expect(page).toContain('>Something is wrong</h2>')
})
