/** The text of a message that is static text and nothing more; undefined for every other payload. */
export function staticText(payload: unknown): string | undefined {
  const content = staticContent(payload)
  const text = content?.['formatType'] === 'Text' ? content['text'] : undefined
  return typeof text === 'string' ? text : undefined
}

/** Puts another text into a message of static text. */
export function replaceStaticText(payload: unknown, text: string): void {
  const content = staticContent(payload)
  if (content) content['text'] = text
}

function staticContent(payload: unknown): Record<string, unknown> | null | undefined {
  const message = (payload as { abstractMessage?: { staticContent?: Record<string, unknown> | null } } | null)
    ?.abstractMessage
  return message?.staticContent
}
