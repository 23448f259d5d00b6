import type { Redaction } from '@custody/model'
import type { Reject } from '@custody/pipeline'

/** A line of rejects.jsonl, its LF included. */
export function encodeReject(reject: Reject): string {
  const name = (subject: Reject['subject']): Reject['subject'] => ({ type: subject.type, id: subject.id })
  return `${JSON.stringify({
    v: 1,
    stage: reject.stage,
    code: reject.code,
    subject: name(reject.subject),
    within: reject.within ? name(reject.within) : null,
    message: reject.message,
  })}\n`
}

/** A line of redactions.jsonl, its LF included. */
export function encodeRedaction(identifier: string, redaction: Redaction): string {
  return `${JSON.stringify({
    v: 1,
    identifier,
    entryId: redaction.entryId,
    field: redaction.field,
    type: redaction.type,
    detector: redaction.detector,
    action: redaction.action,
    start: redaction.start,
    length: redaction.length,
  })}\n`
}
