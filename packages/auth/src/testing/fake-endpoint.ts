import type { Transport, TransportRequest } from '@custody/http'

/** One scripted reply of the token endpoint. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
  readonly error?: Error
  /** The body ends with a failure. */
  readonly cut?: boolean
}

export interface FakeEndpoint extends Transport {
  readonly requests: TransportRequest[]
}

/** Answers from a list, the last one for ever, or by a function. */
export function fakeEndpoint(replies: readonly Reply[] | ((index: number) => Reply | Promise<Reply>)): FakeEndpoint {
  const requests: TransportRequest[] = []
  const transport: Transport = async (request) => {
    const index = requests.push(request) - 1
    const reply =
      typeof replies === 'function' ? await replies(index) : (replies[Math.min(index, replies.length - 1)] as Reply)
    if (reply.error) throw reply.error
    return {
      status: reply.status ?? 200,
      headers: reply.headers ?? {},
      body: (async function* () {
        yield Buffer.from(reply.text ?? JSON.stringify(reply.json))
        if (reply.cut) throw new Error('cut')
      })(),
    }
  }
  return Object.assign(transport, { requests })
}

/** The reply with a token, its fields replaced by `fields`; undefined takes one out. */
export function tokenReply(accessToken: string, fields: Readonly<Record<string, unknown>> = {}): Reply {
  return {
    json: {
      access_token: accessToken,
      signature: 'x',
      token_format: 'jwt',
      scope: 'sfap_api api',
      instance_url: 'https://acme.my.salesforce.com',
      id: 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA',
      token_type: 'Bearer',
      issued_at: '1736530186928',
      api_instance_url: 'https://api.salesforce.com',
      ...fields,
    },
  }
}

/** An unsigned JWT with this payload. */
export function jwt(payload: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(payload)}.c2lnbmF0dXJl`
}
