import { platformAssumed } from '../platform-assumptions.ts'
import { fileNamed, type SentFile } from '../world/attachments.ts'
import type { FileUrl } from '../world/entry-context.ts'
import { endlessBytes, fileBytes } from '../world/file-bytes.ts'
import type { OrgState } from './org-state.ts'
import { coreError, invalidSession, notFound, type Reply, type Request } from './reply.ts'

const { attachmentPath } = platformAssumed

export function isAttachment(path: string): boolean {
  return path.startsWith(attachmentPath)
}

/** Where payloads say that their files are: with the org, or with somebody else. */
export function fileUrls(org: Pick<OrgState, 'switches' | 'instanceUrl' | 'foreignUrl'>): FileUrl {
  return (entryId) => {
    const { foreignAttachments } = org.switches
    const stranger = foreignAttachments > 0 && Number.parseInt(entryId.slice(0, 8), 16) % foreignAttachments === 0
    return `${stranger ? org.foreignUrl : org.instanceUrl}${attachmentPath}${entryId}`
  }
}

/** `GET` of the URL of an attachment. No document describes it: path, need of a token and lifetime are assumptions. */
export function attachmentRoute(org: OrgState, request: Request): Reply {
  const { state } = org.tokens.check(request.headers.authorization)
  if (state === 'unknown' || state === 'expired') return invalidSession
  if (request.method !== 'GET') return coreError(405, 'METHOD_NOT_ALLOWED', 'HTTP Method not allowed')
  const file = fileNamed(org.world, request.path.slice(attachmentPath.length))
  if (!file || org.deletions.absent('conversation-data').entry(file.index, file.step)) return notFound
  const { attachmentLifetimeMs, attachmentRedirect } = org.switches
  if (attachmentLifetimeMs > 0 && org.clock.now() >= file.step.at + attachmentLifetimeMs) {
    return coreError(404, platformAssumed.attachmentGone.errorCode, platformAssumed.attachmentGone.message)
  }
  const arrived = attachmentRedirect === 'none' || request.query.has('content')
  return arrived ? fileReply(org, file, file.mimeType) : redirect(org, request, attachmentRedirect)
}

function redirect(org: OrgState, { path }: Request, way: 'own-origin' | 'foreign' | 'loop'): Reply {
  const targets = {
    'own-origin': `${org.instanceUrl}${path}?content=1`,
    foreign: `${org.foreignUrl}${path}`,
    loop: `${org.instanceUrl}${path}`,
  }
  return { status: 302, headers: { location: targets[way] }, body: '' }
}

/** The bytes themselves. */
export function fileReply(org: OrgState, { entryId, mimeType }: SentFile, contentType: string): Reply {
  const { attachmentBytes: length } = org.switches
  const headers = { 'content-type': contentType }
  if (length === 0) return { status: 200, headers, body: fileBytes(org.world.seed, entryId, mimeType) }
  return { status: 200, headers, body: { length, chunks: () => endlessBytes(org.world.seed, entryId, length) } }
}
