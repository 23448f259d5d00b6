import { isUtf8 } from 'node:buffer'
import { parseJson } from '@custody/model'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { LineReader } from './line-reader.ts'
import { OTHER_ORDER, type Shape } from './shape.ts'

/** A line of a JSONL file that is JSON in its one form. */
export interface JsonLine {
  /** From 1. */
  readonly number: number
  /** Its LF included. */
  readonly bytes: Buffer
  readonly value: unknown
}

export interface JsonLines {
  readonly path: string
  readonly maxBytes: number
  /** What a value has to be. */
  readonly shape: Shape
  /** A value of that shape as the writer writes it, without LF. */
  readonly encode?: (value: unknown) => string
  readonly onLine?: (line: JsonLine) => void
  /** Called for every line that ends within `maxBytes`, whatever is wrong with it. */
  readonly onBytes?: (bytes: Buffer, number: number) => void
}

/**
 * Reads a JSONL file line by line. What is not UTF-8, no JSON, of another shape, or not in the one form that archives have (so
 * that no two readers see different things: keys twice, say) is a finding, and its line goes no further.
 */
export function jsonLines(
  { path, maxBytes, shape, encode, onLine, onBytes }: JsonLines,
  findings: Findings,
): FileCheck {
  let number = 0
  const refuse = (code: string, what: string): void => findings.add(code, path, `line ${number} ${what}`)
  return new LineReader(
    maxBytes,
    (bytes) => {
      number += 1
      onBytes?.(bytes, number)
      const value = parseLine(bytes, shape, encode ?? JSON.stringify, refuse)
      if (value !== undefined) onLine?.({ number, bytes, value })
    },
    () => {
      number += 1
      refuse('LINE_TOO_LONG', `is longer than ${maxBytes} bytes`)
    },
  )
}

/** What every JSON file of an archive holds: one value, one spelling. */
export const otherForm: string =
  'is not written as these archives write it: order of keys, keys twice, spaces, escapes or numbers differ'

/** The value of a line, or undefined when something is wrong with it. */
export function parseLine(
  bytes: Buffer,
  shape: Shape,
  encode: (value: unknown) => string,
  refuse: (code: string, what: string) => void,
): unknown {
  const end = bytes.length - 1
  if (bytes[end] !== 0x0a) refuse('LINE_END', 'does not end with a line feed')
  else if (!isUtf8(bytes)) refuse('LINE_UTF8', 'is not UTF-8')
  else {
    const text = bytes.toString('utf8', 0, end)
    try {
      const value: unknown = JSON.parse(text)
      const problem = shape(value)
      if (problem?.endsWith(OTHER_ORDER)) refuse('JSON_FORM', otherForm)
      else if (problem !== null) {
        refuse('JSON_SHAPE', `is not as its schema says${problem && ` (at ${problem.slice(1)})`}`)
      }
      // Numbers that a double would round are kept as they were written: that costs time, so only where it matters.
      else if (encode(value) !== text && encode(parseJson(text)) !== text) refuse('JSON_FORM', otherForm)
      else return value
    } catch {
      refuse('JSON_SYNTAX', 'is no JSON that can be read')
    }
  }
  return undefined
}
