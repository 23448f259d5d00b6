import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ErasureStore } from '../erasure-store.ts'
import { openStore, temporaryFolder } from '../testing/sample-store.ts'
import { type Imported, importRequests } from './import-requests.ts'
import { requestColumns } from './request-columns.ts'

const header = 'reference,received,emails'

function importInto(store: Pick<ErasureStore, 'addRequests' | 'requestsSharing'>, text: string): Promise<Imported> {
  return importRequests({ store, text, regime: 'gdpr', today: '2026-11-21' })
}

async function importAlone(text: string): Promise<Imported> {
  await using store = await openStore()
  return await importInto(store, text)
}

describe('good rows', () => {
  test('every column, in any order, more than one value in a cell', async () => {
    await using store = await openStore()
    const text = [
      'Note,Jurisdiction,Due,Regime,Conversations,Platform Keys,E-Mail,E-Mail,Phones,Contact-IDs,end_user_ids,Received,Manner,Reference',
      '"said: ""all of it""',
      'at once",us-ca,2026-12-01,CCPA,,wa:1;wa:2,a@x.org,b@x.org,"+49 30 90182;030 123456',
      '",003xx0000000001,0PAxx0000000001; 0PAxx0000000002AAA,2026-11-01,E-Mail,R-1',
      ',,,,c-1;c-1;c-2,,,,,,,2026-11-01,,R-2',
    ].join('\n')
    expect(await importInto(store, text)).toMatchObject({ added: ['R-1', 'R-2'], bad: [] })
    expect(await store.request('R-1')).toMatchObject({
      subject: {
        endUserIds: ['0PAxx0000000001', '0PAxx0000000002AAA'],
        contactIds: ['003xx0000000001'],
        phones: ['+49 30 90182', '030 123456'],
        emails: ['a@x.org', 'b@x.org'],
        platformKeys: ['wa:1', 'wa:2'],
      },
      note: 'said: "all of it"\nat once',
      jurisdiction: 'US-CA',
      regime: 'ccpa',
      dueOn: '2026-12-01',
      manner: 'e-mail',
      about: 'person',
    })
    expect(await store.request('R-2')).toMatchObject({
      conversations: ['c-1', 'c-2'],
      regime: 'gdpr',
      dueOn: '2026-12-01',
      about: 'conversations',
    })
  })

  test.each([',', ';', '\t'])('columns parted by %j, and a byte order mark', async (delimiter) => {
    const text = `${header}\nR-1,2026-11-01,a@x.org\n`.replaceAll(',', delimiter)
    expect((await importAlone(text)).added).toEqual(['R-1'])
  })

  test('who is named twice is told of', async () => {
    const { sharing } = await importAlone(`${header}\nA,2026-11-01,a@x.org\nB,2026-11-02,A@X.org\nC,2026-11-02,c@x.org`)
    expect(sharing).toEqual([
      { reference: 'A', with: ['B'] },
      { reference: 'B', with: ['A'] },
    ])
  })
})

describe('bad rows', () => {
  const secret = 'Jane-Doe-4711'
  test.each([
    ['R 1,2026-11-01,a@x.org', 'reference-malformed'],
    [',2026-11-01,a@x.org', 'reference-malformed'],
    [`a-${secret}@x.org,2026-11-01,a-${secret}@x.org`, 'reference-malformed'],
    ['R-1,1.11.2026,a@x.org', 'received-malformed'],
    ['R-1,2026-11-31,a@x.org', 'received-malformed'],
    ['R-1,2026-11-23,a@x.org', 'received-in-future'],
    ['R-1,2026-11-01,', 'nobody-named'],
    ['R-1,2026-11-01,a@x.org;', null],
    ['R-1,2026-11-22,a@x.org', null],
    [`R-1,2026-11-01,${secret}`, 'email-malformed'],
    [`R-1,2026-11-01,${secret}@x.org,`, 'cells-do-not-match'],
    ['R-1,2026-11-01', 'cells-do-not-match'],
    [`R-1,2026-11-01,"${secret}`, 'quote-not-closed'],
  ] as const)('%s: %s', async (row, fault) => {
    const imported = await importAlone(`${header}\nG-1,2026-11-01,g@x.org\n${row}\nG-2,2026-11-01,h@x.org`)
    expect(imported.bad).toEqual(fault === null ? [] : [{ line: 3, fault }])
    expect(imported.added).toEqual(fault === null ? ['G-1', 'R-1', 'G-2'] : ['G-1', 'G-2'])
    expect(JSON.stringify(imported.bad)).not.toContain(secret)
  })

  test.each([
    ['phones', '12', 'phone-malformed'],
    ['phones', '4.91706E+11', 'phone-malformed'],
    ['end_user_id', '0PAxx', 'end-user-id-malformed'],
    ['contact_ids', '003', 'contact-id-malformed'],
    ['conversation', 'two words', 'conversation-malformed'],
    ['platform_key', 'x'.repeat(256), 'platform-key-malformed'],
    ['emails', Array.from({ length: 1_001 }, (_, index) => `${index}@x.org`).join(';'), 'too-many-identifiers'],
    ['emails', Array.from({ length: 1_000 }, (_, index) => `${index}@x.org`).join(';'), null],
  ])('%s %s', async (column, value, fault) => {
    const { bad } = await importAlone(`reference,received,${column}\nR-1,2026-11-01,${value}`)
    expect(bad).toEqual(fault === null ? [] : [{ line: 2, fault }])
  })

  test.each([
    ['regime', 'lgpd', 'regime-unknown'],
    ['regime', 'own', 'due-missing'],
    ['due', '2026-12-02', 'due-later-than-law'],
    ['due', '2026-12-01', null],
    ['due', '2026-10-31', 'due-before-received'],
    ['due', 'soon', 'due-malformed'],
    ['jurisdiction', 'Germany', 'jurisdiction-malformed'],
    ['manner', 'pigeon', 'manner-unknown'],
    ['note', 'x'.repeat(10_001), 'note-too-long'],
  ])('%s %s', async (column, value, fault) => {
    const { bad } = await importAlone(`${header},${column}\nR-1,2026-11-01,a@x.org,${value}`)
    expect(bad).toEqual(fault === null ? [] : [{ line: 2, fault }])
  })

  test('a reference that names the person: it would be kept', async () => {
    const text =
      'reference,received,phones,emails,conversations\n49309018200,2026-11-01,+49 30 9018200,,\nR-c-123456,2026-11-01,,,c-123456'
    expect((await importAlone(text)).bad.map(({ fault }) => fault)).toEqual([
      'reference-names-person',
      'reference-names-person',
    ])
  })

  test('a person and conversations in one request', async () => {
    const text = 'reference,received,emails,conversations\nR-1,2026-11-01,a@x.org,c-1'
    expect((await importAlone(text)).bad).toEqual([{ line: 2, fault: 'person-and-conversations' }])
  })

  test('a reference again: the same, another, one of the store', async () => {
    await using store = await openStore()
    await importInto(store, `${header}\nOld,2026-11-01,old@x.org\n`)
    const text = `${header}\nA,2026-11-01,a@x.org\nA,2026-11-01,a@x.org\nA,2026-11-01,b@x.org\nOld,2026-11-01,old@x.org\nOld,2026-11-02,old@x.org\n`
    expect(await importInto(store, text)).toMatchObject({
      added: ['A'],
      repeated: 1,
      known: 1,
      bad: [
        { line: 4, fault: 'reference-repeated' },
        { line: 6, fault: 'reference-repeated' },
      ],
    })
    const alone = await importInto(store, `${header}\nOld,2026-11-02,old@x.org\n`)
    expect(alone.bad).toEqual([{ line: 2, fault: 'reference-taken' }])
  })
})

describe('headers', () => {
  test.each([
    ['', /no header/],
    ['jane@x.org,2026-11-01,Jane', /no header/],
    ['reference,received,emails,jane@x.org', /column 4\./],
    ['reference,emails', /no column received/],
    ['reference,received,note', /names anybody/],
    ['reference,reference,received,emails', /more than once/],
    ['reference,received,emails,__proto__,constructor', /column 4, 5\./],
  ])('%s', async (line, message) => {
    const failed = importAlone(`${line}\nR-1,2026-11-01,a@x.org`)
    await expect(failed).rejects.toMatchObject({ code: 'ERASURE_CSV_COLUMNS', kind: 'usage' })
    await expect(failed).rejects.toThrow(message)
    await expect(failed).rejects.not.toThrow(/jane/i)
  })

  test('the columns that are told of are those that are read', async () => {
    const { bad } = await importAlone(`${requestColumns.join(',')}\n`)
    expect(bad).toEqual([])
  })
})

describe('again', () => {
  const row = fc.record({
    reference: fc.constantFrom('A', 'B', 'C', 'D 4', ''),
    received: fc.constantFrom('2026-11-01', '2026-11-02', 'soon'),
    email: fc.constantFrom('a@x.org', 'b@x.org', 'nobody', ''),
  })

  test('the same file adds nothing, whatever is in it; each row is told of once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const text = [header, ...rows.map((each) => `${each.reference},${each.received},${each.email}`)].join('\n')
        await using store = await openStore()
        const first = await importInto(store, text)
        const before = await store.requests()
        const second = await importInto(store, text)
        expect(second.added).toEqual([])
        expect(second.bad.map(({ line }) => line)).toEqual(first.bad.map(({ line }) => line))
        expect(second.known + second.repeated).toBe(first.added.length + first.repeated)
        expect(await store.requests()).toEqual(before)
        expect(first.added.length + first.known + first.repeated + first.bad.length).toBe(rows.length)
      }),
      { numRuns: 12 },
    )
  })

  test('one that was killed halfway is completed', async () => {
    const text = [header, ...Array.from({ length: 250 }, (_, index) => `R-${index},2026-11-01,p${index}@x.org`)].join(
      '\n',
    )
    const directory = temporaryFolder()
    {
      await using store = await openStore(directory)
      let batches = 0
      const dying: Pick<ErasureStore, 'addRequests' | 'requestsSharing'> = {
        requestsSharing: (reference) => store.requestsSharing(reference),
        addRequests(list) {
          batches += 1
          if (batches === 3) throw new Error('killed')
          return store.addRequests(list)
        },
      }
      await expect(importInto(dying, text)).rejects.toThrow('killed')
    }
    await using store = await openStore(directory)
    expect(await importInto(store, text)).toMatchObject({ known: 200, repeated: 0, bad: [] })
    expect(await store.requests()).toHaveLength(250)
  })
})
