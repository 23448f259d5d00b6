import { recordNumber } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import { channels } from '../world/channels.ts'
import { platformKeyOf } from '../world/participants.ts'
import type { Person } from '../world/people.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf } from './fields.ts'

const perPerson = 4

/** Rows are four to a person, one for each channel they used. */
export function messagingEndUserObject(world: World): SchemaObject {
  const bound = world.population.people * perPerson
  const personOf = (row: number): Person => world.person(Math.floor(row / perPerson))
  const exists = (row: number): boolean =>
    row < bound && world.population.channelsOf(Math.floor(row / perPerson)).includes(row % perPerson)
  const contactOf = (row: number): number | undefined => (personOf(row).hasContact ? personOf(row).number : undefined)
  const since = (row: number): number =>
    world.timeline.startOf(world.population.conversationsOf(Math.floor(row / perPerson))[0] ?? 0)

  function* rows(first: number, end: number): Iterable<number> {
    for (let person = Math.floor(Math.max(0, first) / perPerson); person * perPerson < end; person++) {
      for (const channel of world.population.channelsOf(person)) {
        const row = person * perPerson + channel
        if (row >= first && row < end) yield row
      }
    }
  }

  return {
    name: 'MessagingEndUser',
    bound,
    rows,
    fields: fieldsOf({
      Id: ['id', (row) => idOf('MessagingEndUser', row)],
      Name: ['string', (row) => personOf(row).name],
      MessagingPlatformKey: ['string', (row) => platformKeyOf(world.seed, row % perPerson, personOf(row))],
      MessageType: ['string', (row) => channels[row % perPerson]?.messageType ?? null],
      MessagingChannelId: ['id', (row) => idOf('MessagingChannel', row % perPerson)],
      ContactId: ['id', (row) => idOf('Contact', contactOf(row))],
      AccountId: ['id', () => null],
      LeadId: ['id', () => null],
      MessagingConsentStatus: ['string', () => 'ImplicitlyOptedIn'],
      IsFullyOptedIn: ['boolean', () => false],
      IsOptedOut: ['boolean', () => false],
      HasInitialResponseSent: ['boolean', () => true],
      IsoCountryCode: ['string', (row) => personOf(row).locale.country],
      Language: ['string', (row) => personOf(row).locale.tag.slice(0, 2)],
      Locale: ['string', (row) => personOf(row).locale.tag],
      ProfilePictureUrl: ['string', () => null],
      OwnerId: ['id', () => idOf('User', 0)],
      ...auditFields(since, since),
    }),
    parents: parentsOf({
      Contact: ['Contact', contactOf],
      MessagingChannel: ['MessagingChannel', (row) => row % perPerson],
      Owner: ['User', () => 0],
    }),
    indexes: new Map([
      ['id', byId('MessagingEndUser', exists)],
      [
        'contactid',
        (id) => {
          const person = recordNumber('Contact', id)
          if (person === undefined || person >= world.population.people || !world.person(person).hasContact) return []
          return world.population.channelsOf(person).map((channel) => person * perPerson + channel)
        },
      ],
    ]),
    ranges: new Map([['id', idRange('MessagingEndUser', bound)]]),
    ordered: new Set(['id']),
  }
}
