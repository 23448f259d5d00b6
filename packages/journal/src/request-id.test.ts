import type { JsonRequest } from '@custody/http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AnswerScope, requestId } from './request-id.ts'

const scope: AnswerScope = { org: '00D000000000001', apiVersion: '66.0' }
const request: JsonRequest<unknown> = {
  origin: 'api',
  path: '/entries?direction=FromStart',
  query: { recordLimit: 1000, pageToken: 'abc', end: undefined },
  endpoint: 'conversation-entries',
  headers: { 'Accept-Language': 'en' },
  affinity: 'conversation-1',
  parse: (document) => document,
}

test('each thing that can change an answer makes another id', () => {
  const changes: readonly (readonly [Partial<AnswerScope>, Partial<JsonRequest<unknown>>])[] = [
    [{}, {}],
    [{ org: '00D000000000002' }, {}],
    [{ apiVersion: '67.0' }, {}],
    [{}, { origin: 'instance' }],
    [{}, { path: '/entries?direction=FromEnd' }],
    [{}, { path: '/entries' }],
    [{}, { query: { recordLimit: 1000, pageToken: 'abd' } }],
    [{}, { query: { recordLimit: 1000 } }],
    [{}, { query: { recordLimit: 1000, pageToken: 'abc', end: 0 } }],
    [{}, { query: { recordLimit: '1000', pageToken: 'abc', end: '' } }],
    [{}, { headers: { 'Accept-Language': 'de' } }],
    [{}, { headers: {} }],
  ]
  const ids = changes.map(([ofScope, ofRequest]) => requestId({ ...scope, ...ofScope }, { ...request, ...ofRequest }))
  expect(new Set(ids).size).toBe(changes.length)
})

test('who asks, for what purpose and how long makes no other id', () => {
  const id = requestId(scope, request)
  const same: readonly Partial<JsonRequest<unknown>>[] = [
    { affinity: 'another' },
    { endpoint: 'other' },
    { signal: new AbortController().signal },
    { parse: () => null },
    { headers: { 'accept-language': 'en' } },
    { query: { recordLimit: '1000', pageToken: 'abc' } },
  ]
  for (const change of same) expect(requestId(scope, { ...request, ...change })).toBe(id)
})

test('no two different requests share an id, whatever stands in them', () => {
  const text = fc.oneof(fc.constantFrom('', 'a', '&', '=', '"', ',', '],[', '\ud800', '\udfff', '\ufffd'), fc.string())
  const parts = fc.record({ org: text, path: text, name: text, value: text, header: text })
  const idOf = ({
    org,
    path,
    name,
    value,
    header,
  }: Record<'org' | 'path' | 'name' | 'value' | 'header', string>): string =>
    requestId({ ...scope, org }, { ...request, path, query: { [name]: value }, headers: { h: header } })
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const isSame = JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other))
      expect(idOf(one) === idOf(other)).toBe(isSame)
    }),
    { numRuns: 500 },
  )
})
