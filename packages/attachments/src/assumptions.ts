/*
 * What this package believes about Salesforce without a document that says so. Nothing else in it guesses.
 */

import { type Attachment, type Entry, toRecordId } from '@custody/model'

// assumption: attachments may bear the id of the ContentVersion they are stored as; or, where a message carries one file,
// the related records of its entry name it. No capture shows either; a wrong guess costs a request, or a gap.
export function contentVersionOf(attachment: Attachment, { content, relatedRecords }: Entry): string | null {
  const own = toContentVersion(attachment.id)
  if (own !== null) return own
  if (content?.type !== 'attachments' || content.attachments.length !== 1) return null
  const [related = null, ...others] = relatedRecords.flatMap((id) => toContentVersion(id) ?? [])
  return others.length === 0 ? related : null
}

/** Documented: `068` is the prefix of ContentVersion. */
function toContentVersion(id: string | null): string | null {
  const recordId = toRecordId(id)
  return recordId?.startsWith('068') ? recordId : null
}

// assumption: no customer sends a web page as a file of another type, so such an answer is a log-in or maintenance page.
export function isPageInstead(answered: string | null, claimed: string | null): boolean {
  return isPage(answered) && !isPage(claimed)
}

function isPage(mediaType: string | null): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml'
}
