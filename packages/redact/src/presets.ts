import { lowEntropyTypes, type PersonalDataType, personalDataTypes } from './personal-data-type.ts'
import { type Policy, type PresetName, presetNames } from './policy.ts'
import type { Operator } from './replacement.ts'

type TypeOperators = Record<PersonalDataType, Operator>

/** One operator for all types but those named. A type of few values gets a label in the place of a pseudonym. */
function all(operator: Operator, but: Partial<TypeOperators> = {}): TypeOperators {
  const operators = personalDataTypes.map((type) => {
    const fitting = operator === 'pseudonym' && lowEntropyTypes.has(type) ? 'label' : operator
    return [type, but[type] ?? fitting]
  })
  return Object.fromEntries(operators) as TypeOperators
}

/** Everything pseudonymised but links, dates of birth and secrets; names of agents stay. */
export const defaultPolicy: Policy = {
  version: 1,
  preset: null,
  // Links are mostly the organisation's own; personal data inside them is found by its own type.
  types: all('pseudonym', { URL: 'keep' }),
  fields: {
    text: 'redact',
    content: 'redact',
    payload: 'redact',
    displayName: 'redact',
    subject: 'redact',
    fileName: 'redact',
    option: 'redact',
    link: 'redact',
  },
  paths: {},
  agents: 'keep',
  callingCode: null,
  countries: null,
  structuralKeys: [],
  patterns: [],
  typingErrors: false,
  vault: 'none',
}

const presets: Readonly<Record<PresetName, Policy>> = {
  // Nothing can be joined, nothing unknown is passed on.
  strict: {
    ...defaultPolicy,
    preset: 'strict',
    types: all('label'),
    fields: { ...defaultPolicy.fields, payload: 'drop', fileName: 'drop', link: 'drop' },
    agents: 'redact',
    typingErrors: true,
  },
  // Who wrote how often, and from where to where, can be counted; numbers that are worth money or identities cannot be joined.
  analytics: {
    ...defaultPolicy,
    preset: 'analytics',
    types: all('label', {
      EMAIL: 'pseudonym',
      PHONE: 'pseudonym',
      PLATFORM_KEY: 'pseudonym',
      NAME: 'pseudonym',
      AGENT: 'pseudonym',
      URL: 'keep',
    }),
    agents: 'redact',
  },
  // A conversation reads on, and says nothing across conversations.
  'share-with-vendor': {
    ...defaultPolicy,
    preset: 'share-with-vendor',
    types: all('label', {
      NAME: 'conversation-label',
      AGENT: 'conversation-label',
      PLATFORM_KEY: 'conversation-label',
    }),
    fields: { ...defaultPolicy.fields, payload: 'drop', fileName: 'drop' },
    agents: 'redact',
  },
}

/**
 * A policy that comes with the package.
 *
 * - `strict`: labels for everything, agents too; payloads, file names and links emptied; names found with typing errors.
 * - `analytics`: people pseudonymised, so that they can be counted and joined; labels for everything else.
 * - `share-with-vendor`: "Customer 1" and "Agent 1" within a conversation, labels for everything else; payloads and file
 *   names emptied.
 */
export function presetPolicy(name: PresetName): Policy {
  return presets[name]
}

/** Whether a word is the name of a preset. */
export function isPresetName(word: string): word is PresetName {
  return (presetNames as readonly string[]).includes(word)
}
