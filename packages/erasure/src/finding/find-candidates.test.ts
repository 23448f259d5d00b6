import type { EmulatorOptions } from '@custody/emulator'
import { expect, test } from 'vitest'
import type { SubjectIdentifiers } from '../erasure-request.ts'
import { rowsOf } from '../soql/read-rows.ts'
import { type AskedOrg, askOrg } from '../testing/asked-org.ts'
import { type FindResult, findCandidates } from './find-candidates.ts'

const nobody: SubjectIdentifiers = { endUserIds: [], contactIds: [], phones: [], emails: [], platformKeys: [] }

function find(
  asked: AskedOrg,
  subject: Partial<SubjectIdentifiers>,
  country: string | null = null,
): Promise<FindResult> {
  return findCandidates({ org: asked.client, subject: { ...nobody, ...subject }, country })
}

/** Somebody the CRM knows, with records on several channels, a phone channel among them. */
async function somebody(options: EmulatorOptions = {}) {
  const asked = await askOrg({ conversations: 120, longEntries: 20, ...options, world: { everyChannel: true } })
  const rows = await rowsOf(
    'MessagingEndUser',
    ['ContactId', 'MessagingPlatformKey', 'MessageType', 'Contact.Email', 'Contact.MobilePhone', 'Contact.Phone'],
    ['ContactId != null'],
    { org: asked.client },
  )
  const people = [...Map.groupBy(rows, (row) => row.text('ContactId') ?? '').values()]
  const isPhone = (type: string | null): boolean => type === 'WhatsApp' || type === 'Text'
  const records = people.find((own) => own.length > 2 && own.some((row) => isPhone(row.text('MessageType')))) ?? []
  const [first] = records
  return {
    asked,
    ids: records.map(({ id }) => id).sort(),
    onPhone: records.filter((row) => isPhone(row.text('MessageType'))).map(({ id }) => id),
    contactId: first?.text('ContactId') ?? '',
    email: first?.text('Contact.Email') ?? '',
    phone: first?.text('Contact.MobilePhone') ?? '',
    keys: new Map(records.map((row) => [row.id, row.text('MessagingPlatformKey') ?? ''])),
  }
}

const idsOf = ({ candidates }: FindResult): readonly string[] => candidates.map(({ endUserId }) => endUserId).sort()

test('one record of a person leads to those on every channel, whichever identifier is known', async () => {
  const { asked, ids, onPhone, contactId, email, phone, keys } = await somebody()
  expect(ids.length).toBeGreaterThan(2)
  const exact = (result: FindResult): readonly string[] =>
    idsOf({ ...result, candidates: result.candidates.filter(({ isNear }) => !isNear) })
  const reasons = (result: FindResult, id: string): readonly string[] =>
    result.candidates.find(({ endUserId }) => endUserId === id)?.reasons ?? []
  const one = ids[0] ?? ''

  const byId = await find(asked, { endUserIds: [one.slice(0, 15)] })
  expect(exact(byId)).toEqual(ids)
  expect(reasons(byId, one)).toEqual(['end-user-id'])
  for (const id of ids.slice(1)) expect(reasons(byId, id)).toEqual(['same-contact'])

  const byContact = await find(asked, { contactIds: [contactId] })
  expect(exact(byContact)).toEqual(ids)
  for (const id of ids) expect(reasons(byContact, id)).toEqual(['contact-id'])

  const byEmail = await find(asked, { emails: [` ${email.toUpperCase()} `] })
  expect(exact(byEmail)).toEqual(ids)
  for (const id of ids) expect(reasons(byEmail, id)).toContain('contact-email')

  const written = `00${phone.slice(1, 5)} (${phone.slice(5, 7)}) / ${phone.slice(7)}`
  for (const each of [phone, written]) {
    const byPhone = await find(asked, { phones: [each] })
    expect(exact(byPhone)).toEqual(ids)
    for (const id of onPhone) expect(reasons(byPhone, id).slice(0, 2)).toEqual(['phone', 'contact-phone'])
  }

  const byKey = await find(asked, { platformKeys: [keys.get(one) ?? ''] })
  expect(exact(byKey)).toEqual(ids)
  expect(reasons(byKey, one)).toContain('platform-key')
})

test('what a candidate shows is masked, and its sessions are counted', async () => {
  const { asked, ids, keys } = await somebody()
  const { candidates } = await find(asked, { endUserIds: ids })
  for (const { endUserId, hint, sessions, openSessions, firstSessionAt, lastSessionAt } of candidates) {
    const counted = await asked.values('MessagingSession', 'Status', `MessagingEndUserId = '${endUserId}'`)
    expect(sessions).toBe(counted.length)
    expect(openSessions).toBe(counted.filter((status) => status !== 'Ended').length)
    expect((firstSessionAt ?? '') <= (lastSessionAt ?? '')).toBe(true)
    const key = keys.get(endUserId) ?? ''
    expect(hint).not.toContain(key.slice(-4))
    expect(hint.endsWith(`…${key.slice(-3)}`)).toBe(true)
  }
})

test('a mistyped phone or e-mail shows who may be meant, marked as near', async () => {
  const { asked, ids, email, phone } = await somebody()
  const last = phone.at(-4) === '9' ? '1' : '9'
  const mistyped = `${phone.slice(0, -4)}${last}${phone.slice(-3)}`
  const byPhone = await find(asked, { phones: [mistyped] })
  const found = byPhone.candidates.filter(({ endUserId }) => ids.includes(endUserId))
  expect(found).toHaveLength(ids.length)
  for (const { isNear, reasons } of found) {
    expect(isNear).toBe(true)
    expect(reasons).toEqual(['near-phone'])
  }
  for (const near of [`x${email}`, email.slice(1), `y${email.slice(1)}`]) {
    const { candidates } = await find(asked, { emails: [near] })
    expect(candidates.filter(({ isNear, reasons }) => isNear && reasons.includes('near-email'))).toHaveLength(
      ids.length,
    )
    expect(candidates.every(({ isNear }) => isNear)).toBe(true)
  }
  expect((await find(asked, { emails: [`xy${email}`] })).candidates).toEqual([])
})

test('identifiers made to break out of a query find nobody', async () => {
  const { asked } = await somebody()
  const hostile = ["' OR Name LIKE '%", "\\' OR Id != '", '%', '_', '\\', "'", '\n', '%\\%', '__proto__', '*']
  const result = await find(asked, {
    platformKeys: hostile,
    emails: ['%@example.com', '_@example.com', "a'b@example.com", "' OR Email LIKE '%@example.com", '@', '%'],
    phones: ['%', '1%2', "+49' OR '", '+', '12', '٩'.repeat(400)],
    endUserIds: ["0PA' OR '000000", '0PA', '003000000000001'],
    contactIds: ["' OR '"],
  })
  expect(result.candidates).toEqual([])
  expect(result.unusable.filter(({ kind }) => kind === 'phone')).toHaveLength(6)
  expect(result.unusable.filter(({ kind }) => kind === 'end-user-id')).toHaveLength(3)
})

test('what cannot be seen is told, and the rest is found', async () => {
  const without = await somebody({ switches: { absentObjects: ['MessagingChannel'] } })
  const found = await find(without.asked, { endUserIds: without.ids })
  expect(idsOf(found)).toEqual(without.ids)
  expect(found.candidates.every(({ channelName }) => channelName === null)).toBe(true)

  const noContacts = await askOrg({ conversations: 30, longEntries: 10, switches: { absentObjects: ['Contact'] } })
  expect((await find(noContacts, { emails: ['a@example.com'] })).notSeen).toEqual(['contacts'])
  const hidden = await askOrg({ conversations: 30, longEntries: 10, switches: { hiddenFields: ['Contact.HomePhone'] } })
  expect((await find(hidden, { phones: ['+4915112345678'] })).notSeen).toEqual(['contact-phone-fields'])
})

test('an end user that the org does not give is missing, not forgotten', async () => {
  const { asked } = await somebody()
  const unknown = '0PA000000009999AAA'
  const { candidates, missing } = await find(asked, { endUserIds: [unknown] })
  expect(candidates).toEqual([])
  expect(missing).toHaveLength(1)
  expect(missing[0]).toMatch(/^0PA000000009999/)
})
