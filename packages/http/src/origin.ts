import { CustodyError, usageError } from '@custody/pipeline'

/** `localhost`, 127.0.0.0/8 and ::1, in the form the URL parser gives hosts. */
const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * Parses an address that credentials may travel to: https, or http on this machine alone. `what` names it in the error;
 * the address itself is not repeated, since it may hold a password.
 *
 * @throws CustodyError `HTTP_INSECURE_URL` (usage)
 */
export function assertHttpsOrLoopback(address: string | URL, what: string): URL {
  const url = URL.parse(address)
  if (!url) throw usageError('HTTP_INSECURE_URL', `${what} is not a URL.`, `Give ${what} as https://host.`)
  if (url.username !== '' || url.password !== '') {
    throw usageError('HTTP_INSECURE_URL', `${what} holds a user name or password.`, `Take them out of ${what}.`)
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname))) {
    throw usageError(
      'HTTP_INSECURE_URL',
      `${what} is neither https nor a loopback address (${url.protocol}//${url.host}).`,
      `Use https:// in ${what}. Plain http is for 127.0.0.1, ::1 and localhost only.`,
    )
  }
  return url
}

/**
 * The origin that an address without a path stands for.
 *
 * @throws CustodyError `HTTP_INSECURE_URL`, `HTTP_OPTIONS` (usage)
 */
export function assertOrigin(address: string, what: string): string {
  const url = assertHttpsOrLoopback(address, what)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw usageError(
      'HTTP_OPTIONS',
      `${what} holds an address with a path.`,
      `Cut the address in ${what} after the host.`,
    )
  }
  return url.origin
}

/**
 * The URL of an absolute path on `base`. Whatever would leave that origin (`//host`, a full URL, backslashes, control
 * characters that the URL parser drops) is refused: a path may come out of a response body, and the token goes with it.
 *
 * @throws CustodyError `HTTP_FOREIGN_ORIGIN`
 */
export function resolveOnOrigin(
  base: string,
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): URL {
  const origin = assertHttpsOrLoopback(base, "the token's origin").origin
  const url = path.startsWith('/') ? URL.parse(path, origin) : null
  if (url?.origin !== origin || url.username !== '' || url.password !== '') {
    throw new CustodyError('HTTP_FOREIGN_ORIGIN', `A path led away from ${origin}; nothing was sent.`, {
      kind: 'refused',
      actions: [`Find out who answers at ${origin}: a response named another host as its next page.`],
    })
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.append(name, String(value))
  }
  return url
}

/** The refusal to download from an address that is none of the org's. Which one it is may be content. */
export function foreignAddress(): CustodyError<'HTTP_FOREIGN_ORIGIN'> {
  return new CustodyError(
    'HTTP_FOREIGN_ORIGIN',
    "An address to download from is none of the org's; nothing was sent.",
    {
      kind: 'refused',
      actions: ["If it is the org's own file domain (Setup > My Domain), add it to trustedOrigins."],
    },
  )
}
