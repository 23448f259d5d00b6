import type { EndUser } from '@custody/model'
import { normaliseEmail } from './email.ts'
import type { Identities } from './identities.ts'
import { findKnownPhones } from './known-phones.ts'
import { changed, mapChanged } from './map-changed.ts'
import type { People } from './people.ts'
import type { SpanType } from './personal-data-type.ts'
import { tokensOf } from './phrase-matcher.ts'
import { readPlatformKey } from './platform-key.ts'

/** End users feed redaction and are not archived; a later stage must not find them in the clear either. */
export function redactEndUser(endUser: EndUser, people: People): EndUser {
  const silent = (): void => undefined
  const name = (value: string): string => {
    const read = people.valueOf(value)
    return people.redactor.forms.isReplacement(value) ? value : people.whole(read.type, read.value, value, silent)
  }
  const as =
    (type: SpanType, normalise: (value: string) => string) =>
    (value: string): string =>
      people.redactor.forms.isReplacement(value) ? value : people.whole(type, normalise(value), value, silent)
  const key = (value: string): string => {
    const read = readPlatformKey(value)
    return people.redactor.forms.isReplacement(value) ? value : people.whole(read.type, read.value, value, silent)
  }
  const contact = endUser.contact && {
    names: mapChanged(endUser.contact.names, name),
    emails: mapChanged(endUser.contact.emails, as('EMAIL', normaliseEmail)),
    phones: mapChanged(
      endUser.contact.phones,
      as('PHONE', (value) => phoneOf(value, people.identities)),
    ),
    addresses: mapChanged(
      endUser.contact.addresses,
      as('ADDRESS', (value) => tokensOf(value).join(' ')),
    ),
  }
  return changed(endUser, {
    name: endUser.name && name(endUser.name),
    platformKey: endUser.platformKey && key(endUser.platformKey),
    contact: endUser.contact && contact ? changed(endUser.contact, contact) : endUser.contact,
  })
}

function phoneOf(written: string, { phones }: Identities): string {
  const [span] = findKnownPhones(written, { start: 0, end: written.length }, phones)
  return span?.value ?? written
}
