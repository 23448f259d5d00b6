import type { TypedSpan } from '../labelled-text.ts'

/** A rule of a redactor that replaces by regular expressions, one after the other. */
export interface Rule {
  readonly pattern: RegExp
  readonly type: string
}

const firstMark = 0xe000

/**
 * What such a redactor takes out, and where. Each rule sees the text as the rules before it left it, as in the redactor
 * itself; what it takes out becomes marks of the same length, so that offsets stay those of the original.
 */
export function findInPlace(text: string, rules: readonly Rule[]): readonly TypedSpan[] {
  let marked = text
  for (const [index, { pattern }] of rules.entries()) {
    const mark = String.fromCharCode(firstMark + index)
    marked = marked.replace(new RegExp(pattern.source, pattern.flags), (match) => mark.repeat(match.length))
  }
  const spans: TypedSpan[] = []
  for (let start = 0; start < marked.length; ) {
    const code = marked.charCodeAt(start)
    let end = start + 1
    while (end < marked.length && marked.charCodeAt(end) === code) end++
    const rule = text.charCodeAt(start) === code ? undefined : rules[code - firstMark]
    if (rule) spans.push({ start, end, type: rule.type })
    start = end
  }
  return spans
}
