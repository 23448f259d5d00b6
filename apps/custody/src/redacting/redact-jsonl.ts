import { isRawJson, type Json, parseJson } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import type { FieldRedactor } from './field-redactor.ts'

const maxLineCharacters = 64 * 1024 * 1024

/**
 * Redacts a text of one JSON value a line: every string in it, numbers that are personal data, and keys too. A line in which
 * nothing is found stays byte for byte.
 *
 * @throws CustodyError `REDACT_JSONL`
 */
export async function* redactJsonl(
  pieces: AsyncIterable<string>,
  redactor: FieldRedactor,
  wanted: readonly string[] | null,
): AsyncGenerator<string, void, undefined> {
  let rest = ''
  let line = 0
  const redact = (text: string): string => {
    line += 1
    if (text.trim() === '') return text
    redactor.nextRecord()
    return redactLine(text, line, redactor, wanted)
  }
  for await (const piece of pieces) {
    rest += piece
    let from = 0
    let written = ''
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      written += `${redact(rest.slice(from, end))}\n`
      from = end + 1
    }
    rest = rest.slice(from)
    if (rest.length > maxLineCharacters) throw noJsonl(line + 1, `is longer than ${maxLineCharacters} characters`)
    yield written
  }
  if (rest !== '') yield redact(rest)
}

function redactLine(text: string, line: number, redactor: FieldRedactor, wanted: readonly string[] | null): string {
  const [, before = '', json = '', after = ''] = /^(\ufeff?\s*)([\s\S]*?)(\s*)$/.exec(text) ?? []
  let value: Json
  try {
    value = parseJson(json)
  } catch {
    throw noJsonl(line, 'is no JSON')
  }
  const redacted = wanted === null ? redactor.json(value) : redactMembers(value, redactor, wanted)
  return redacted === value ? text : before + JSON.stringify(redacted) + after
}

/** The members of these keys. A value without members has none of them, and is searched as a whole. */
function redactMembers(value: Json, redactor: FieldRedactor, wanted: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isRawJson(value))
    return redactor.json(value)
  let isSame = true
  const members = Object.entries(value).map(([key, member]) => {
    if (!wanted.includes(key)) return [key, member] as const
    const one = { [key]: member } as Json
    const redacted = redactor.json(one)
    if (redacted === one) return [key, member] as const
    isSame = false
    return Object.entries(redacted as object)[0] as [string, Json]
  })
  return isSame ? value : (Object.fromEntries(members) as Json)
}

function noJsonl(line: number, what: string): CustodyError {
  return new CustodyError('REDACT_JSONL', `Line ${line} of the file ${what}.`, {
    actions: ['Repair the file, or redact it as plain text: --format text'],
  })
}
