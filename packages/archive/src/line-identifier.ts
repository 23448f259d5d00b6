/** `{"v":1,"salt":"…43…","conversation":{"identifier":"` is 81 bytes; an identifier of Salesforce is a UUID. */
export const LINE_HEAD_BYTES = 4096

const lineHead = /^\{"v":1,"salt":"[A-Za-z0-9_-]{43}","conversation":\{"identifier":("(?:[^"\\]|\\.)*")/

/** Whose line of the master it is, by its first bytes; null where they do not tell. */
export function lineIdentifier(head: Buffer): string | null {
  const quoted = lineHead.exec(head.toString('utf8', 0, LINE_HEAD_BYTES))?.[1]
  if (quoted === undefined) return null
  try {
    return JSON.parse(quoted) as string
  } catch {
    return null
  }
}
