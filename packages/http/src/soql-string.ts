/** A value as a string literal of SOQL. The only way a text of others gets into a query. */
export function soqlString(value: string): string {
  return `'${soqlEscaped(value)}'`
}

/** What stands between the quotes of a literal. */
export function soqlEscaped(value: string): string {
  // Half a character has no place in an address, nor in any record.
  return value.toWellFormed().replace(/[\\'"\n\r\t\b\f]/g, (character) => escapes[character] as string)
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}
