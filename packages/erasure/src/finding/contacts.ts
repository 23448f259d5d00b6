import { soqlString } from '@custody/http'
import { toRecordId } from '@custody/model'
import { describeObject } from '../soql/describe-object.ts'
import { type AskOptions, firstRows, type Row, rowsOf } from '../soql/read-rows.ts'
import { orConditions } from '../soql/soql-text.ts'
import { nearEmailPatterns, nearPhonePatterns, phonePattern } from './like-patterns.ts'
import type { ContactFacts } from './match.ts'
import { addressOf } from './normalise.ts'
import type { NotSeen } from './not-seen.ts'
import type { Wanted } from './wanted.ts'

const object = 'Contact'
const phoneFields = ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'] as const
const emailFields = ['Email'] as const

/** Conditions on contacts, for the fields that may be asked for. */
export interface ContactQuestions {
  readonly asksPhones: boolean
  readonly asksEmails: boolean
  exact(visible: readonly string[]): readonly string[]
  near(visible: readonly string[]): readonly string[]
}

export function contactQuestions({ phones, emails }: Wanted): ContactQuestions {
  const onEach = (fields: readonly string[], visible: readonly string[], tests: readonly string[]): readonly string[] =>
    fields.filter((field) => visible.includes(field)).flatMap((field) => tests.map((test) => `${field} ${test}`))
  return {
    asksPhones: phones.length > 0,
    asksEmails: emails.length > 0,
    exact: (visible) =>
      orConditions([
        ...onEach(
          phoneFields,
          visible,
          phones.map((phone) => `LIKE ${phonePattern(phone)}`),
        ),
        // The case of letters does not count in SOQL.
        ...onEach(
          emailFields,
          visible,
          emails.map((email) => `= ${soqlString(addressOf(email))}`),
        ),
      ]),
    near: (visible) =>
      orConditions([
        ...onEach(
          phoneFields,
          visible,
          phones.flatMap(nearPhonePatterns).map((pattern) => `LIKE ${pattern}`),
        ),
        ...onEach(
          emailFields,
          visible,
          emails.flatMap(nearEmailPatterns).map((pattern) => `LIKE ${pattern}`),
        ),
      ]),
  }
}

/** The contacts that may match. What of them cannot be seen is told. */
export async function readContacts(
  questions: ContactQuestions,
  options: AskOptions,
  maxNearRows: number,
  notSeen: Set<NotSeen>,
): Promise<readonly ContactFacts[]> {
  if (!questions.asksPhones && !questions.asksEmails) return []
  const description = await describeObject(object, options)
  if (description === null) {
    notSeen.add('contacts')
    return []
  }
  const { filterable } = description
  if (questions.asksPhones && !phoneFields.every((field) => filterable.has(field))) notSeen.add('contact-phone-fields')
  if (questions.asksEmails && !emailFields.every((field) => filterable.has(field))) notSeen.add('contact-email-fields')
  const visible = [...phoneFields, ...emailFields].filter((field) => filterable.has(field))
  const exact = await rowsOf(object, visible, questions.exact(visible), options)
  const near = await firstRows(object, visible, questions.near(visible), maxNearRows, options)
  if (near === null) notSeen.add('near-contacts')
  const rows = new Map([...exact, ...(near ?? [])].map((row) => [row.id, row]))
  return [...rows.values()].map(toFacts)
}

function toFacts(row: Row): ContactFacts {
  const present = (fields: readonly string[]): readonly string[] =>
    fields.map((field) => row.text(field)).filter((value) => value !== null)
  return { id: toRecordId(row.id) ?? row.id, phones: present(phoneFields), emails: present(emailFields) }
}
