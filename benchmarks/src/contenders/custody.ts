import { createTextRedactor, defaultPolicy, type Identities, type Policy } from '@custody/redact'
import type { Contender } from './contender.ts'

/** The default policy with nothing kept: links are looked for too, so that every type shows. */
export const wholePolicy: Policy = {
  ...defaultPolicy,
  types: Object.fromEntries(
    Object.entries(defaultPolicy.types).map(([type, operator]) => [type, operator === 'keep' ? 'pseudonym' : operator]),
  ) as Policy['types'],
}

/** The same with a label for everything, as the others write: no digest is computed, only what finding costs is left. */
const labelPolicy: Policy = {
  ...wholePolicy,
  types: Object.fromEntries(Object.keys(wholePolicy.types).map((type) => [type, 'label'])) as Policy['types'],
}

const key = new Uint8Array(32).fill(7)

/** Ours, one policy made ready once. `identities` are those of the conversation that a text is of. */
export function custody(identities?: Identities): Contender {
  return contender('custody', wholePolicy, identities)
}

/** Ours as it is held against the others. */
export function custodyLabels(): Contender {
  return contender('custody, labels', labelPolicy)
}

function contender(name: string, policy: Policy, identities?: Identities): Contender {
  const redactor = createTextRedactor({ policy, key })
  const redactNow = (text: string): string => redactor.redact(text, { identities }).text
  return {
    name,
    types: new Set(Object.keys(policy.types)),
    find: async (text) =>
      redactor.redact(text).redactions.map(({ type, start, length }) => ({ start, end: start + length, type })),
    redact: async (text) => redactNow(text),
    redactNow,
  }
}
