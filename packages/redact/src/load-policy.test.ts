import { describe, expect, test } from 'vitest'
import { defaultPolicy, loadPolicy, type Policy, policyDigest, policySchema } from './index.ts'

const failure = (yaml: string): unknown => {
  try {
    return loadPolicy(yaml)
  } catch (error) {
    return error
  }
}

describe('loadPolicy', () => {
  test('fills in the defaults', () => {
    expect(loadPolicy('version: 1')).toEqual(defaultPolicy)
    const policy = loadPolicy(
      'version: 1\ntypes: { CARD: mask, URL: label }\nfields:\n  payload: drop\nagents: redact\ncallingCode: "49"\nstructuralKeys: [orderNumber]\n',
    )
    expect(policy).toEqual({
      ...defaultPolicy,
      version: 1,
      types: { ...defaultPolicy.types, CARD: 'mask', URL: 'label' },
      fields: { ...defaultPolicy.fields, payload: 'drop' },
      agents: 'redact',
      callingCode: '49',
      structuralKeys: ['orderNumber'],
    } satisfies Policy)
  })

  test('refuses unknown keys, with the line and the nearest known one', () => {
    expect(failure('version: 1\ntypes:\n  CARD: mask\n  EMIAL: label\n')).toMatchObject({
      code: 'POLICY_KEY',
      kind: 'usage',
      message: 'the policy has an unknown key types.EMIAL in line 4',
      actions: [expect.stringContaining('Did you mean EMAIL?')],
    })
    expect(failure('version: 1\nagent: keep')).toMatchObject({
      code: 'POLICY_KEY',
      actions: [expect.stringContaining('agents')],
    })
    expect(failure('version: 1\n__proto__: { x: 1 }')).toMatchObject({ code: 'POLICY_KEY' })
  })

  test.each([
    ['an unknown operator', 'version: 1\ntypes:\n  CARD: hide', 'types.CARD in line 3'],
    ['another version', 'version: 2', 'version in line 1'],
    ['no version', 'agents: keep', 'version'],
    ['a calling code that is a number', 'version: 1\ncallingCode: 49', 'callingCode in line 2'],
    ['nothing', '', 'the policy is wrong'],
    ['a list', '- 1', 'the policy is wrong'],
  ])('refuses %s', (_, yaml, where) => {
    expect(failure(yaml)).toMatchObject({
      code: 'POLICY_VALUE',
      kind: 'usage',
      message: expect.stringContaining(where),
    })
  })

  test.each([
    ['broken YAML', 'version: [1'],
    ['a key twice', 'version: 1\nversion: 1'],
    ['aliases', 'version: &one 1\nagents: *one'],
    ['two documents', 'version: 1\n---\nversion: 1'],
    ['more than a policy can be', `version: 1 #${'x'.repeat(1 << 20)}`],
    ['brackets without end', '['.repeat(100_000)],
  ])('refuses %s', (_, yaml) => {
    expect(failure(yaml)).toMatchObject({ code: 'POLICY_SYNTAX', kind: 'usage' })
  })
})

test('the digest depends on what the policy says, not on how it is written', () => {
  const reordered = Object.fromEntries(Object.entries(defaultPolicy).toReversed()) as unknown as Policy
  expect(policyDigest(reordered)).toBe(policyDigest(loadPolicy('{"version": 1}')))
  expect(policyDigest(defaultPolicy)).toMatch(/^[0-9a-f]{64}$/)
  expect(policyDigest({ ...defaultPolicy, agents: 'redact' })).not.toBe(policyDigest(defaultPolicy))
})

test('the schema names every key and refuses others', () => {
  expect(policySchema()).toMatchObject({
    additionalProperties: false,
    required: ['version'],
    properties: Object.fromEntries(Object.keys(defaultPolicy).map((key) => [key, expect.anything()])),
  })
})
