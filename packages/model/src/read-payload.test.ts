import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EntryKind, isRawJson, type Json, parseJson, readPayload } from './index.ts'
import { hostileJson } from './testing/arbitraries.ts'
import { messagePayload, optionItem, staticPayload } from './testing/payloads.ts'

const kinds: readonly EntryKind[] = [
  ...(['message', 'participant-change', 'routing', 'delivery-failure', 'acknowledgement', 'typing'] as const),
  ...(['session-change', 'modality-change', 'consent', 'flag', 'note', 'other'] as const),
]

describe('readPayload', () => {
  const entryType = fc.oneof(
    fc.constantFrom('', 'Message', 'ParticipantChanged', 'RoutingResult', 'MessageDeliveryFailed', 'Note', 'FlagRaise'),
    fc.constantFrom('ReadAcknowledgement', 'SessionStatusChanged', 'ModalityUpdate', 'MessageUpdated', '__proto__'),
    fc.string(),
  )

  it('never throws, never changes its input, and reads text and object alike', () => {
    fc.assert(
      fc.property(entryType, hostileJson, (type, payload) => {
        const before = JSON.stringify(payload)
        const reading = readPayload(type, payload)
        expect(kinds).toContain(reading.kind)
        expect(reading.text === null || reading.text.length > 0).toBe(true)
        expect(JSON.stringify(payload)).toBe(before)
        expect(readPayload(type, payload)).toEqual(reading)
        expect(() => readPayload(type, before)).not.toThrow()
        const framed = { entryType: 'Message', abstractMessage: payload }
        expect(readPayload('Message', JSON.stringify(framed))).toEqual(readPayload('Message', framed))
      }),
      { numRuns: 3000 },
    )
  })

  it('never lets the text of a message disappear, whatever surrounds it', () => {
    const key = fc.constantFrom('staticContent', 'choices', 'choicesResponse', 'form', 'formResponse', 'newContent')
    fc.assert(
      fc.property(key, hostileJson, fc.string({ minLength: 1 }), hostileJson, (key, content, text, frame) => {
        const shown = { ...(isPlainObject(content) ? content : { extra: content }), text }
        const message = { ...(isPlainObject(frame) ? frame : {}), [key]: shown }
        expect(readPayload('Message', { abstractMessage: { [key]: shown } }).text).toContain(text)
        if (key !== 'newContent') expect(readPayload('Message', { abstractMessage: message }).text).toContain(text)
      }),
      { numRuns: 1000 },
    )
  })

  it('reads plain text verbatim, with line breaks, markup and entities as sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const payload = staticPayload({ formatType: 'Text', text })
        expect(readPayload('Message', payload)).toEqual({ kind: 'message', text, content: null })
        expect(readPayload('MESSAGE', JSON.stringify(payload))).toEqual({ kind: 'message', text, content: null })
      }),
    )
  })

  it('takes a string that is no payload for text that was sent', () => {
    for (const text of [
      'hello',
      '{"a":1}',
      '{',
      '{}',
      '[1]',
      '"quoted"',
      'null',
      ' ',
      '{"text":"typed by somebody"}',
    ]) {
      expect(readPayload('Message', text)).toEqual({ kind: 'message', text, content: null })
    }
    expect(readPayload('Message', '').text).toBeNull()
  })

  it('reads a payload out of its JSON text, also with white space before it and without its frame', () => {
    expect(readPayload('Message', ' \n{"staticContent":{"formatType":"Text","text":"hi"}}').text).toBe('hi')
    expect(readPayload('Message', { messageText: 'hi', identifier: 'u' }).text).toBe('hi')
  })

  it('takes the type from the payload when none is given, and only then', () => {
    const payload = staticPayload({ formatType: 'Text', text: 'hi' })
    expect(readPayload('', payload).kind).toBe('message')
    expect(readPayload('', JSON.stringify(payload)).kind).toBe('message')
    expect(readPayload('Unheard', payload)).toEqual({ kind: 'other', text: 'hi', content: null })
    const choices = { optionItems: [optionItem('o-1', 'Order')] }
    expect(readPayload('Unheard', messagePayload('ChoicesMessage', { choices })).content?.type).toBe('buttons')
  })

  it('finds the words of message types, formats and entry types nobody has heard of', () => {
    const product = { sku: 'A-1', title: 'Blue boots', price: { text: '€ 40' } }
    const expected = 'Look\nBlue boots\n€ 40'
    expect(
      readPayload('Message', staticPayload({ formatType: 'Products', text: 'Look', products: [product] })),
    ).toEqual({
      kind: 'message',
      text: expected,
      content: null,
    })
    const choices = { formatType: 'Wheel', text: 'Look', spokes: [product] }
    expect(readPayload('Message', messagePayload('ChoicesMessage', { choices })).text).toBe(expected)
    const choicesResponse = { formatType: 'Rating', text: 'Look', rating: product }
    expect(readPayload('Message', messagePayload('ChoicesResponseMessage', { choicesResponse }))).toMatchObject({
      text: expected,
      content: null,
    })
    const shop = { text: 'Look', products: [product] }
    expect(readPayload('Message', messagePayload('ShopMessage', { shop })).text).toBe(expected)
    expect(readPayload('PRODUCT_SHOWN', { entryType: 'PRODUCT_SHOWN', ...shop })).toEqual({
      kind: 'other',
      text: expected,
      content: null,
    })
  })

  it('has nothing to read where nothing was written', () => {
    for (const payload of [null, {}, [], true, staticPayload({ formatType: 'Text', text: '' }), staticPayload(null)]) {
      expect(readPayload('RoutingResult', payload)).toEqual({ kind: 'routing', text: null, content: null })
    }
    expect(readPayload('Message', staticPayload({ formatType: 'Text', text: null })).text).toBeNull()
    expect(readPayload('Message', null)).toEqual({ kind: 'message', text: null, content: null })
  })

  it('keeps numbers as they were written', () => {
    const payload = parseJson('{"abstractMessage":{"staticContent":{"formatType":"Text","text":12345678901234567890}}}')
    expect(readPayload('Message', payload).text).toBe('12345678901234567890')
    expect(readPayload('Note', parseJson('{"note":[12345678901234567890]}')).text).toBe('12345678901234567890')
  })

  it('goes to any depth and width', () => {
    let deep: Json = 'bottom'
    for (let level = 0; level < 100_000; level += 1) deep = { text: [deep] }
    for (const payload of [deep, staticPayload(deep), { abstractMessage: { form: { sections: [deep] } } }]) {
      expect(readPayload('Message', payload).text).toBe('bottom')
    }
    const optionItems = Array.from({ length: 200_000 }, (_, index) => optionItem(`o${index}`, `Option ${index}`))
    const wide = readPayload(
      'Message',
      messagePayload('ChoicesMessage', { choices: { formatType: 'Buttons', optionItems } }),
    )
    expect(wide.text?.split('\n')).toHaveLength(200_000)
    expect(wide.text?.endsWith('Option 199999')).toBe(true)
    expect(readPayload('Message', '{"abstractMessage":'.repeat(100_000)).kind).toBe('message')
  })

  it('does not follow hostile keys', () => {
    const payload = JSON.parse(
      '{"abstractMessage":{"__proto__":{"staticContent":{"formatType":"Text","text":"x"}}}}',
    ) as Json
    expect(readPayload('Message', payload).content).toBeNull()
    expect(({} as { staticContent?: unknown }).staticContent).toBeUndefined()
  })
})

function isPlainObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value)
}
