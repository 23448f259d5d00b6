import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditShape, conversationShape, erasureShape, redactionShape, rejectShape } from './line-shapes.ts'
import { schemaFiles } from './schemas.ts'
import type { Shape } from './shape.ts'
import { eraseFirst, linesOf } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'

const attachment = {
  name: null,
  mimeType: null,
  url: 'u',
  id: null,
  file: { sha256: 'a'.repeat(64), size: 1, mimeType: null },
}
const option = { id: 'o', title: null, subtitle: null }
const field = { label: null, type: null, value: null, options: [option] }
const contents = [
  { type: 'attachments', attachments: [attachment, { ...attachment, file: undefined }] },
  { type: 'rich-link', title: null, url: null, image: attachment },
  { type: 'links', links: [{ title: null, url: 'x' }] },
  { type: 'web-view', title: null, url: null },
  { type: 'template', name: 'x' },
  { type: 'buttons', options: [option] },
  { type: 'quick-replies', options: [] },
  { type: 'carousel', items: [{ title: null, subtitle: null, image: null, options: [option] }] },
  { type: 'choice', selected: [option] },
  { type: 'form', title: null, fields: [field] },
  { type: 'form-response', fields: [field] },
  { type: 'participants', changes: [{ operation: 'add', role: 'agent', displayName: null }] },
  {
    type: 'routing',
    routingType: null,
    workType: null,
    failureType: null,
    failureReason: null,
    recordId: null,
    estimatedWaitTime: -1.5,
  },
  { type: 'delivery-failure', failedEntryId: null, errorCode: null },
  { type: 'acknowledgement', acknowledgedEntryId: null, at: null },
  { type: 'session', status: null, previousStatus: null, endedByRole: 'bot' },
  { type: 'modality', active: ['voice'] },
]

/** Lines of every kind that are as they should be. */
async function examples(kind: string): Promise<readonly unknown[]> {
  const files = await richBagFiles()
  const parse = (path: string): unknown[] => linesOf(files, path).map((line) => JSON.parse(line))
  switch (kind) {
    case 'conversation': {
      const [line] = parse('data/conversations/part-00002.jsonl') as { entries: object[] }[]
      const [entry] = line?.entries ?? []
      const withContents = contents.map((content) => ({ ...entry, content: JSON.parse(JSON.stringify(content)) }))
      return [line, { ...line, entries: withContents }]
    }
    case 'erasure':
      eraseFirst(files)
      return parse('integrity/erasures.jsonl')
    case 'audit':
      return [
        ...parse('audit/audit.jsonl'),
        { ...(parse('audit/audit.jsonl')[0] as object), detail: { a: 1, b: null } },
      ]
    case 'reject':
      return parse('data/reports/rejects.jsonl')
    default:
      return parse('data/reports/redactions.jsonl')
  }
}

const values: readonly unknown[] = [
  null,
  true,
  0,
  1,
  -1,
  1.5,
  '',
  'x',
  'agent',
  [],
  {},
  [1],
  { a: 1 },
  '2026-10-01T00:00:00.000Z',
]

/** Every place in a value: the object or list that holds it, and its key. */
function placesIn(
  value: unknown,
  places: [Record<string, unknown>, string][] = [],
): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return places
  for (const [key, part] of Object.entries(value)) {
    places.push([value as Record<string, unknown>, key])
    placesIn(part, places)
  }
  return places
}

describe('shapes made by hand say what the schemas in the archive say', () => {
  test.each<[string, Shape]>([
    ['conversation', conversationShape],
    ['erasure', erasureShape],
    ['audit', auditShape],
    ['reject', rejectShape],
    ['redaction', redactionShape],
  ])('%s', async (kind, shape) => {
    const schema = JSON.parse(schemaFiles().get(`schema/${kind}.schema.json`) ?? '')
    const bySchema = new Ajv2020({ strict: false }).compile(schema)
    const lines = await examples(kind)
    for (const line of lines) expect([shape(line), bySchema(line)]).toEqual([null, true])
    const damage = fc.record({
      line: fc.constantFrom(...lines),
      at: fc.nat(),
      how: fc.constantFrom('set', 'remove', 'add'),
      to: fc.constantFrom(...values),
    })
    let refused = 0
    fc.assert(
      fc.property(damage, ({ line, at, how, to }) => {
        const changed = structuredClone(line)
        const places = placesIn(changed)
        const [parent, key] = places[at % places.length] as [Record<string, unknown>, string]
        if (how === 'set') parent[key] = to
        else if (how === 'add') parent[Array.isArray(parent) ? parent.length : 'more'] = to
        else if (Array.isArray(parent)) parent.pop()
        else delete parent[key]
        if (!bySchema(changed)) refused += 1
        expect(shape(changed) === null).toBe(bySchema(changed))
      }),
      { numRuns: 3_000 },
    )
    expect(refused).toBeGreaterThan(500)
  })

  test('none of them is moved by prototypes', () => {
    expect(rejectShape(JSON.parse('{"__proto__":{"v":1},"constructor":1}'))).not.toBeNull()
    expect(conversationShape(Object.create({ v: 1 }))).not.toBeNull()
  })
})
