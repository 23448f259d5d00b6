import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBody } from './body.ts'

async function read(chunks: readonly Uint8Array[], headers: Readonly<Record<string, string>> = {}, maxBytes = 1_000) {
  let left = false
  const body = (async function* () {
    try {
      yield* chunks
    } finally {
      left = true
    }
  })()
  const result = await readBody({ status: 200, headers, body }, maxBytes)
  expect(left).toBe(true)
  return result
}

test('any text in any pieces, gzipped or not, comes out whole', async () => {
  const piece = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.startsWith('\uFEFF'))
  await fc.assert(
    fc.asyncProperty(piece, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (text, size, gzip) => {
      const bytes = gzip ? gzipSync(text) : Buffer.from(text)
      const chunks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
      const body = await read(chunks, gzip ? { 'content-encoding': 'gzip' } : {})
      expect(body).toEqual({ text, bytes: bytes.length })
    }),
  )
})

test.each([
  [9, false],
  [10, false],
  [11, true],
])('%s bytes against a bound of 10', async (length, tooLarge) => {
  expect((await read([Buffer.alloc(length, 'a')], {}, 10)).fault === 'too-large').toBe(tooLarge)
})

test('a declared length beyond the bound ends it with the first piece', async () => {
  const endless = function* () {
    for (;;) yield Buffer.from('a')
  }
  const body = (async function* () {
    yield* endless()
  })()
  expect(await readBody({ status: 200, headers: { 'content-length': '11' }, body }, 10)).toEqual({
    fault: 'too-large',
    bytes: 1,
  })
})

test('what inflates beyond the bound is refused', async () => {
  const flat = gzipSync(Buffer.alloc(5_000, 'a'))
  expect(await read([flat], { 'content-encoding': 'GZIP' }, 5_000)).toMatchObject({ bytes: flat.length })
  expect(await read([flat], { 'content-encoding': 'gzip' }, 4_999)).toMatchObject({ fault: 'too-large' })
  const bomb = gzipSync(Buffer.alloc(1_000_000))
  expect(bomb.length).toBeLessThan(2_000)
  expect(await read([bomb], { 'content-encoding': 'gzip' }, 10_000)).toMatchObject({ fault: 'too-large' })
})

test('a cut gzip is truncated; damaged gzip and damaged UTF-8 are undecodable', async () => {
  const whole = gzipSync('some text that is long enough')
  const gzip = { 'content-encoding': 'gzip' }
  expect(await read([whole.subarray(0, -9)], gzip)).toMatchObject({ fault: 'truncated' })
  expect(await read([Buffer.from('not gzip at all')], gzip)).toMatchObject({ fault: 'undecodable' })
  expect(await read([Buffer.from([0x22, 0xff, 0x22])])).toMatchObject({ fault: 'undecodable' })
  expect(await read([Buffer.from('{}')], { 'content-encoding': 'br' })).toMatchObject({ fault: 'undecodable' })
})
