import type { TokenProvider } from '../org-client.ts'
import type { Token } from '../token.ts'

/** Tokens `token-1`, `token-2`, …: the next one after each refusal of the current one. */
export function fakeTokens(): TokenProvider & { readonly refusals: string[] } {
  const refusals: string[] = []
  const make = (number: number): Token => ({
    accessToken: `token-${number}`,
    user: 'archive-1',
    instanceUrl: 'https://acme.example',
    apiUrl: 'https://api.example',
    expiresAt: null,
  })
  let issued = 1
  let current = make(issued)
  return {
    refusals,
    async token({ signal } = {}) {
      signal?.throwIfAborted()
      return current
    },
    refused(token) {
      refusals.push(token.accessToken)
      if (token === current) current = make(++issued)
    },
  }
}
