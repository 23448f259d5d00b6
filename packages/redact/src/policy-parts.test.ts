import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  defaultPolicy,
  isPresetName,
  loadPolicy,
  type Policy,
  policyDigest,
  policySchema,
  presetNames,
  presetPolicy,
} from './index.ts'
import { redactText } from './redact-text.ts'

const failure = (yaml: string): unknown => {
  try {
    return loadPolicy(yaml)
  } catch (error) {
    return error
  }
}

describe('presets', () => {
  test('are what a file begins with', () => {
    expect(loadPolicy('version: 1\npreset: strict')).toEqual(presetPolicy('strict'))
    const changed = loadPolicy(
      'version: 1\npreset: share-with-vendor\ntypes: { NAME: label }\nfields: { payload: redact }',
    )
    expect(changed).toMatchObject({
      preset: 'share-with-vendor',
      agents: 'redact',
      types: { NAME: 'label', AGENT: 'conversation-label' },
      fields: { payload: 'redact', fileName: 'drop' },
    })
  })

  test('have a digest each, are loadable policies, and keep no type but links', () => {
    expect(new Set([defaultPolicy, ...presetNames.map(presetPolicy)].map(policyDigest)).size).toBe(4)
    for (const name of presetNames) {
      expect(isPresetName(name)).toBe(true)
      const { types } = presetPolicy(name)
      expect(Object.keys(types).filter((type) => types[type] === 'keep')).toEqual(name === 'analytics' ? ['URL'] : [])
    }
    expect(isPresetName('default')).toBe(false)
  })
})

describe('types', () => {
  test.each([
    ['version: 1\ntypes:\n  DATE_OF_BIRTH: pseudonym', 'POLICY_VALUE', 'types.DATE_OF_BIRTH in line 3'],
    [
      'version: 1\npatterns:\n  - { name: pin, type: PIN, match: "\\\\d{4}" }\ntypes:\n  PIN: pseudonym',
      'POLICY_VALUE',
      'types.PIN in line 5',
    ],
  ])('of few values are given no pseudonym: %j', (yaml, code, where) => {
    expect(failure(yaml)).toMatchObject({ code, kind: 'usage', message: expect.stringContaining(where) })
  })

  test('a policy made by hand is refused in the same way', () => {
    const policy: Policy = { ...defaultPolicy, types: { ...defaultPolicy.types, DATE_OF_BIRTH: 'pseudonym' } }
    const options = { policy, key: new Uint8Array(32) }
    expect(() => redactText('', options)).toThrow(expect.objectContaining({ code: 'POLICY_VALUE' }))
  })

  test('of patterns: a label unless the policy says otherwise; unknown ones are refused with the nearest', () => {
    const pattern = 'patterns: [{ name: customer, type: CUSTOMER_NUMBER, match: "CU-\\\\d{8}" }]'
    expect(loadPolicy(`version: 1\n${pattern}`).types['CUSTOMER_NUMBER']).toBe('label')
    expect(loadPolicy(`version: 1\n${pattern}\ntypes: { CUSTOMER_NUMBER: pseudonym }`).types).toMatchObject({
      CUSTOMER_NUMBER: 'pseudonym',
    })
    expect(failure(`version: 1\n${pattern}\ntypes:\n  CUSTOMER: drop`)).toMatchObject({
      code: 'POLICY_KEY',
      message: 'the policy has an unknown key types.CUSTOMER in line 4',
    })
  })
})

test.each([
  [
    'version: 1\npatterns:\n  - name: x\n    type: XX\n    match: (a+)+',
    'POLICY_PATTERN',
    'patterns.0.match in line 5: at character 5',
  ],
  [
    'version: 1\npatterns: [{ name: x, type: EMAIL, match: a }]',
    'POLICY_PATTERN',
    'patterns.0.type in line 2: EMAIL is a built-in',
  ],
  ['version: 1\npatterns: [{ name: X, type: XX, match: a }]', 'POLICY_VALUE', 'patterns.0.name in line 2'],
  [
    'version: 1\npatterns:\n- name: x\n  type: XX\n  match: a\n  flags: g',
    'POLICY_VALUE',
    'patterns.0.flags in line 6',
  ],
  ['version: 1\npatterns: [{ name: x, type: XX, match: a, mach: b }]', 'POLICY_KEY', 'patterns.0.mach in line 2'],
  ['version: 1\npaths: { text: drop }', 'POLICY_VALUE', 'paths'],
  ['version: 1\npaths: { payload.x: hide }', 'POLICY_VALUE', 'paths.payload.x in line 2'],
  ['version: 1\npreset: lenient', 'POLICY_VALUE', 'preset in line 2'],
  ['version: 1\ncountries: [de]', 'POLICY_VALUE', 'countries.0 in line 2'],
  ['version: 1\nvault: database', 'POLICY_VALUE', 'vault in line 2'],
])('%j is refused, with the place', (yaml, code, where) => {
  expect(failure(yaml)).toMatchObject({ code, kind: 'usage', message: expect.stringContaining(where) })
})

test('the published schema is the one that is checked', () => {
  const published = readFileSync(new URL('../policy.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(policySchema())))
})
