import { isUtf8 } from 'node:buffer'
import type { Conversation } from '@custody/model'
import { encodeConversation } from '@custody/sinks'
import { parseLine } from './json-lines.ts'
import { conversationShape } from './line-shapes.ts'

/** The conversation of a line of the master. What never stands in a line is not there. */
export interface ReadConversation {
  readonly conversation: Conversation
  readonly encoding: TextEncoding
}

/**
 * How the bytes of a line became strings. With `latin1` each character is a byte of the UTF-8, which are the same where they
 * are ASCII: JSON is parsed twice as fast so, and most of what is checked are names, times and lengths.
 */
export type TextEncoding = 'latin1' | 'utf8'

/** A string of a line as text. */
export function textOf(string: string, encoding: TextEncoding): string {
  return encoding === 'utf8' || !beyondAscii.test(string) ? string : Buffer.from(string, 'latin1').toString('utf8')
}

const beyondAscii = /[^\0-\x7f]/

interface MasterLine extends Pick<Conversation, 'sessions' | 'participants' | 'entries'> {
  readonly salt: string
  readonly conversation: Omit<Conversation, 'sessions' | 'participants' | 'entries'>
}

/** Reads a line of the master. What is wrong with it is told; then there is no conversation. */
export function readConversation(
  bytes: Buffer,
  refuse: (code: string, what: string) => void,
): ReadConversation | undefined {
  const fast = parseBytes(bytes)
  if (fast) return { conversation: conversationOf(fast), encoding: 'latin1' }
  const value = parseLine(bytes, conversationShape, encodeLine, refuse)
  return value === undefined ? undefined : { conversation: conversationOf(value as MasterLine), encoding: 'utf8' }
}

/** The line, where it is beyond doubt; nearly every one is. */
function parseBytes(bytes: Buffer): MasterLine | undefined {
  const end = bytes.length - 1
  if (bytes[end] !== 0x0a || !isUtf8(bytes) || doubtful.some((part) => bytes.includes(part))) return undefined
  const text = bytes.toString('latin1', 0, end)
  try {
    const value: unknown = JSON.parse(text)
    return conversationShape(value) === null && JSON.stringify(value) === text ? (value as MasterLine) : undefined
  } catch {
    return undefined
  }
}

// Escapes may hold characters that are no bytes; line separators of Unicode have to be escaped.
const doubtful: readonly Buffer[] = ['\\u', '\u0085', '\u2028', '\u2029'].map((part) => Buffer.from(part))

function conversationOf({ conversation, sessions, participants, entries }: MasterLine): Conversation {
  return { ...conversation, sessions, participants, entries }
}

function encodeLine(value: unknown): string {
  const line = value as MasterLine
  return encodeConversation(conversationOf(line), line)
}
