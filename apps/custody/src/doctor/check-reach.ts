import { lookup } from 'node:dns/promises'
import type { Transport } from '@custody/http'
import { type Finding, fail, ok } from './finding.ts'
import type { OrgUnderCheck } from './org-under-check.ts'

/** Whether a name is known: rejects with the resolver's error. */
export type Resolve = (host: string) => Promise<unknown>

/** Name, connection and certificate of the address at which the org signs users in. */
export function checkLoginHost(
  { config, transport, signal }: OrgUnderCheck,
  resolve: Resolve = lookup,
): Promise<Finding> {
  return checkHost(config.loginUrl, { transport, signal, resolve })
}

/** The same of the API gateway: as configured, else as sign-in names it. */
export async function checkGatewayHost(
  org: OrgUnderCheck,
  apiUrl: string,
  resolve: Resolve = lookup,
): Promise<Finding> {
  const { transport, signal } = org
  return await checkHost(apiUrl, { transport, signal, resolve })
}

interface HostOptions {
  readonly transport: Transport
  readonly signal: AbortSignal
  readonly resolve: Resolve
}

/** Any answer will do: what it says is for other checks. Nothing but the path is sent. */
async function checkHost(address: string, { transport, signal, resolve }: HostOptions): Promise<Finding> {
  const { hostname, host, protocol, origin } = new URL(address)
  const name = hostname.replace(/^\[|\]$/g, '')
  try {
    await resolve(name)
  } catch (error) {
    return fail(
      'HOST_UNKNOWN',
      `The name ${hostname} is not known (${codeOf(error)}).`,
      'Check the address for a typing error, and the DNS of this machine.',
      ...proxyAdvice,
    )
  }
  try {
    const { body } = await transport({ method: 'GET', url: new URL('/', origin), headers: {}, signal })
    for await (const _ of body) break
  } catch (error) {
    signal.throwIfAborted()
    return unreachable(host, codeOf(error))
  }
  return ok(
    `${host} answers${protocol === 'https:' ? ', and its certificate is trusted' : ' (this machine, without TLS)'}`,
  )
}

function unreachable(host: string, code: string): Finding {
  if (/CERT|VERIFY|SSL|TLS/.test(code)) {
    return fail(
      'TLS_UNTRUSTED',
      `${host} has no certificate that this machine trusts (${code}).`,
      'If a company proxy re-signs TLS, name the file of its certificate authority in NODE_EXTRA_CA_CERTS.',
      'Set the clock of this machine if it is wrong: certificates hold for a time.',
    )
  }
  return fail(
    'HOST_UNREACHABLE',
    `${host} does not answer (${code}).`,
    `Let this machine out to ${host}: firewall, allow list, VPN.`,
    ...proxyAdvice,
  )
}

const proxyAdvice = ['Custody uses no HTTP proxy (HTTPS_PROXY is not read): it needs a direct way out.']

/** The first code along the chain of causes. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth++) {
    const { code, cause } = at as { code?: unknown; cause?: unknown }
    if (typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code)) return code
    at = cause
  }
  return 'no code'
}
