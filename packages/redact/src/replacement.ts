import { base32Class } from './base32.ts'
import { personalDataTypes, type SpanType } from './personal-data-type.ts'
import type { Gap } from './spans.ts'

/**
 * What to do with one type of personal data.
 *
 * - `pseudonym`: `[EMAIL:k1:9f3kq2mzt4wc]`; equal values get equal pseudonyms under one key and tenant.
 * - `label`: `[EMAIL]`.
 * - `mask`: `[CARD:*1111]`; keeps the last characters of numbers, see {@link maskedTail}.
 * - `drop`: `[REDACTED]`; says that something was taken out, and not even what.
 * - `keep`: stays as it is and is not counted.
 * - `conversation-label`: `[Customer 1]`, `[Agent 2]` for what is known of the people of the conversation, by the order of
 *   their record ids; a label for everything else.
 */
export type Operator = (typeof operators)[number]
export const operators = ['pseudonym', 'label', 'mask', 'drop', 'keep', 'conversation-label'] as const

/** Characters of a pseudonym's digest: 60 bits, one collision expected among some thousand million values. */
export const pseudonymLength = 12

export const dropped = '[REDACTED]'
/** Stands for a part of a payload that is nested too deep to be searched. */
export const unread = '[UNREAD]'

// How many last characters a mask leaves readable. Nothing of names, addresses and e-mail addresses: their ends tell.
const tails: Readonly<Record<string, number>> = { CARD: 4, IBAN: 4, PHONE: 2 }

export function mask(type: SpanType, value: string): string {
  const tail = tails[type] ?? 0
  return `[${type}:*${tail === 0 ? '' : value.slice(-tail)}]`
}

export function label(type: SpanType): string {
  return `[${type}]`
}

export function pseudonym(type: SpanType, keyId: string, digest: string): string {
  return `[${type}:${keyId}:${digest}]`
}

/** Key ids, as they may stand in a pseudonym. */
export const keyIdPattern: RegExp = /^[a-z][a-z0-9]{0,15}$/

/** `[Customer 1]`: who of the conversation's people it is. */
export function conversationLabel(role: 'Customer' | 'Agent', number: number): string {
  return `[${role} ${number}]`
}

/** `[NAME=…]`: what a function of the caller made of a value. */
export function filled(type: SpanType, text: string): string {
  return `[${type}=${text}]`
}

/** What a function may return: nothing that could be taken for an end, or for another line. */
export const fillingPattern: RegExp = /^[^[\]\p{Cc}]{1,64}$/u

/** Knows replacements when it meets them. */
export interface ReplacementForms {
  /** Whether the whole value is a replacement. */
  isReplacement(value: string): boolean
  /** Where replacements of an earlier pass stand, in order. */
  find(text: string): readonly Gap[]
  /** The text without them. */
  without(text: string): string
}

/**
 * Every replacement this package writes. They are left alone when met again, under whatever key they were made, which makes
 * redaction idempotent; and nothing around them is read across them.
 */
export const replacementSource: string = sourceOf([], [])

/**
 * The forms of a policy with types of its own, and of callers with functions for some types. Only theirs: what is taken for
 * a replacement is not searched, and people may write brackets.
 */
export function replacementForms(customTypes: readonly string[], filledTypes: readonly string[]): ReplacementForms {
  const source = sourceOf(customTypes, filledTypes)
  const whole = new RegExp(`^(?:${source})$`, 'u')
  const anywhere = new RegExp(source, 'gu')
  return {
    isReplacement: (value) => value.startsWith('[') && whole.test(value),
    find(text) {
      const found: Gap[] = []
      const first = text.indexOf('[')
      if (first < 0) return found
      anywhere.lastIndex = first
      while (anywhere.test(text)) {
        const end = anywhere.lastIndex
        found.push({ start: text.lastIndexOf('[', end - 1), end })
      }
      return found
    },
    without: (text) => text.replace(anywhere, ''),
  }
}

function sourceOf(customTypes: readonly string[], filledTypes: readonly string[]): string {
  const types = [...personalDataTypes, ...customTypes].join('|')
  const tail = `:\\*[0-9A-Z]{0,4}|:[a-z][a-z0-9]{0,15}:${base32Class}{${pseudonymLength}}`
  const made = filledTypes.length === 0 ? '' : `|(?:${filledTypes.join('|')})=[^\\[\\]\\p{Cc}]{1,64}`
  return `\\[(?:REDACTED|UNREAD|(?:Customer|Agent) [1-9]\\d{0,3}|(?:${types})(?:${tail})?${made})\\]`
}

const builtIn = replacementForms([], [])

/** Whether the whole value is a replacement of the built-in forms. */
export const isReplacement: (value: string) => boolean = builtIn.isReplacement

/** Where replacements of the built-in forms stand, in order. */
export const findReplacements: (text: string) => readonly Gap[] = builtIn.find
