import type { SchemaObject } from '../soql/schema.ts'
import type { Person } from '../world/people.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'

/** Rows are people by their number, those the CRM knows. */
export function contactObject(world: World): SchemaObject {
  const bound = world.population.people
  const person = (row: number): Person => world.person(row)
  const exists = (row: number): boolean => row < bound && person(row).hasContact
  const since = (): number => world.timeline.from - 86_400_000 * 400
  return {
    name: 'Contact',
    bound,
    rows: (first, end) => rowsWhere(first, end, exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('Contact', row)],
      FirstName: ['string', (row) => person(row).firstName],
      LastName: ['string', (row) => person(row).lastName],
      Name: ['string', (row) => person(row).name],
      Salutation: ['string', () => null],
      Email: ['string', (row) => person(row).email],
      Phone: ['string', (row) => person(row).phone.international],
      MobilePhone: ['string', (row) => person(row).phone.e164],
      HomePhone: ['string', (row) => person(row).homePhone?.national ?? null],
      OtherPhone: ['string', () => null],
      MailingStreet: ['string', (row) => person(row).street],
      MailingCity: ['string', (row) => person(row).city],
      MailingState: ['string', () => null],
      MailingPostalCode: ['string', (row) => person(row).postalCode],
      MailingCountry: ['string', (row) => person(row).locale.countryName],
      OtherStreet: ['string', () => null],
      OtherCity: ['string', () => null],
      OtherState: ['string', () => null],
      OtherPostalCode: ['string', () => null],
      OtherCountry: ['string', () => null],
      Birthdate: ['date', (row) => person(row).birthdate],
      Title: ['string', () => null],
      Department: ['string', () => null],
      AccountId: ['id', () => null],
      OwnerId: ['id', () => idOf('User', 0)],
      ...auditFields(since, since),
    }),
    parents: parentsOf({ Owner: ['User', () => 0] }),
    indexes: new Map([['id', byId('Contact', exists)]]),
    ranges: new Map([['id', idRange('Contact', bound)]]),
    ordered: new Set(['id']),
  }
}
