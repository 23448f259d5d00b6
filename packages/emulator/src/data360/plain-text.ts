type Json = Readonly<Record<string, unknown>>

/**
 * What a message says, without how: the text, else the titles of what was offered or chosen; null for what says nothing.
 * assumption: one page of Salesforce shows plain text, of a plain message.
 */
export function plainText(payload: unknown): string | null {
  const message = object(object(payload)['abstractMessage'])
  const { text, title } = object(message['staticContent'])
  if (typeof text === 'string' && text !== '') return text
  const choices = object(message['choices'])['text']
  if (typeof choices === 'string') return choices
  const chosen = list(object(message['choicesResponse'])['selectedOptions']).map(
    (option) => object(option)['optionTitle'] ?? object(object(option)['titleItem'])['title'],
  )
  const answers = list(object(message['formResponse'])['inputs']).map((input) => object(input)['value'])
  const parts = [title, ...chosen, ...answers].filter((part) => typeof part === 'string')
  return parts.length === 0 ? null : parts.join('\n')
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
