import { recordId } from '../ids.ts'
import { executionUser } from '../world/staff.ts'
import type { OrgState } from './org-state.ts'
import type { Reply, Request } from './reply.ts'
import { isPassword } from './token-grants.ts'

const path = /^\/services\/Soap\/u\/(\d{1,3}\.\d)$/

export function isSoapLogin(requestPath: string): boolean {
  return path.test(requestPath)
}

/** `POST /services/Soap/u/NN.0` with a `login()`, as the SOAP API Developer Guide has it. No other call is served. */
export function soapLoginRoute(org: OrgState, request: Request): Reply {
  const [, version = ''] = path.exec(request.path) ?? []
  if (!/<(?:\w+:)?login[\s>]/.test(request.body)) return fault('sf:UNKNOWN_EXCEPTION', 'No operation available')
  const [username, password] = [element(request.body, 'username'), element(request.body, 'password')]
  const k = org.credentials.findIndex((known) => known.username === username && isPassword(org, known, password))
  if (k < 0) {
    return fault('sf:INVALID_LOGIN', 'INVALID_LOGIN: Invalid username, password, security token; or user locked out.')
  }
  const user = executionUser(k).number
  const { accessToken } = org.tokens.issue(user, { instance: org.instanceUrl })
  const [organizationId, userId] = [recordId('Organization', 1), recordId('User', user)]
  const serverUrl = `${org.instanceUrl}/services/Soap/u/${version}/${organizationId.slice(0, 15)}`
  return envelope(
    200,
    `<loginResponse><result><metadataServerUrl>${serverUrl}</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>${serverUrl}</serverUrl><sessionId>${accessToken}</sessionId><userId>${userId}</userId><userInfo><organizationId>${organizationId}</organizationId><userId>${userId}</userId></userInfo></result></loginResponse>`,
  )
}

function fault(code: string, text: string): Reply {
  return envelope(
    500,
    `<soapenv:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring></soapenv:Fault>`,
  )
}

function envelope(status: number, content: string): Reply {
  const names = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"'
  const body = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ${names}><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body }
}

/** The text of an element; what it says is compared, never interpreted. */
function element(body: string, name: string): string | undefined {
  return new RegExp(`<(?:\\w+:)?${name}>([^<]*)</`)
    .exec(body)?.[1]
    ?.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity) => {
      return entities[entity as string] ?? ''
    })
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
