import { toRecordId } from '@custody/model'
import { isNotVisible } from '../soql/not-visible.ts'
import { type AskOptions, firstRows, type Row, rowsOf } from '../soql/read-rows.ts'
import { inConditions, orConditions } from '../soql/soql-text.ts'
import { emailInKeyPatterns, nearKeyPatterns, phonePattern } from './like-patterns.ts'
import type { EndUserFacts } from './match.ts'
import type { NotSeen } from './not-seen.ts'
import type { Wanted } from './wanted.ts'

const object = 'MessagingEndUser'
const fields = ['Name', 'MessagingPlatformKey', 'MessageType', 'ContactId'] as const
const channelName = 'MessagingChannel.MasterLabel'

/** Conditions on end users. All of `exact` have to be read to the end. */
export function endUserQuestions(wanted: Wanted): {
  readonly exact: readonly string[]
  readonly near: readonly string[]
} {
  const like = (pattern: string): string => `MessagingPlatformKey LIKE ${pattern}`
  return {
    exact: [
      ...inConditions('Id', wanted.endUserIds),
      ...inConditions('ContactId', wanted.contactIds),
      ...inConditions('MessagingPlatformKey', wanted.platformKeys),
      ...orConditions([...wanted.phones.map(phonePattern), ...wanted.emails.flatMap(emailInKeyPatterns)].map(like)),
    ],
    near: orConditions(wanted.phones.flatMap(nearKeyPatterns).map(like)),
  }
}

/** Reads end users; without the name of their channel where that may not be seen. */
export class EndUserReader {
  readonly #options: AskOptions
  readonly #maxNearRows: number
  readonly #notSeen: Set<NotSeen>
  #fields: readonly string[] = [...fields, channelName]

  constructor(options: AskOptions, maxNearRows: number, notSeen: Set<NotSeen>) {
    this.#options = options
    this.#maxNearRows = maxNearRows
    this.#notSeen = notSeen
  }

  /** All that a condition holds for. */
  async all(conditions: readonly string[]): Promise<readonly EndUserFacts[]> {
    return (await this.#asking((asked) => rowsOf(object, asked, conditions, this.#options))).map(toFacts)
  }

  /** The first ones; that there are more is told. */
  async some(conditions: readonly string[]): Promise<readonly EndUserFacts[]> {
    const rows = await this.#asking((asked) => firstRows(object, asked, conditions, this.#maxNearRows, this.#options))
    if (rows === null) this.#notSeen.add('near-end-users')
    return (rows ?? []).map(toFacts)
  }

  async #asking<T>(ask: (asked: readonly string[]) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#fields)
    } catch (error) {
      if (!isNotVisible(error) || !this.#fields.includes(channelName)) throw error
      this.#fields = fields
      return await ask(fields)
    }
  }
}

function toFacts(row: Row): EndUserFacts {
  return {
    id: toRecordId(row.id) ?? row.id,
    name: row.text('Name'),
    platformKey: row.text('MessagingPlatformKey'),
    channelType: row.text('MessageType'),
    channelName: row.text(channelName),
    contactId: toRecordId(row.text('ContactId')),
  }
}
