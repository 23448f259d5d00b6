import type { Token } from './token.ts'

/** The headers of a request; nothing replaces its credentials and the encoding that can be read. */
export function withToken(headers: Readonly<Record<string, string>>, token: Token): Record<string, string> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return {
    'user-agent': 'custody',
    ...Object.fromEntries(own),
    'accept-encoding': 'gzip',
    authorization: `Bearer ${token.accessToken}`,
  }
}
