import type { AttachedFile } from '@custody/model'

/**
 * Media types whose files open by a double click when they bear their extension. Everything else gets none: what a file is
 * called by a customer must not decide what a reader's machine does with it.
 */
const extensions: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'audio/aac': 'aac',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'text/csv': 'csv',
  'text/plain': 'txt',
  'text/vcard': 'vcf',
  'video/3gpp': '3gp',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
}

/**
 * Where a file stands in an archive: named by its content, so that equal files are one and no name from outside becomes a
 * path. The name it was sent under is in the master. `claimed`: the media type the message gives.
 */
export function attachmentPath({ sha256, mimeType }: AttachedFile, claimed: string | null = null): string {
  // Files of records come as octet-stream: then what the message said of it is all there is.
  const extension = extensionOf(mimeType) ?? extensionOf(claimed)
  return `data/attachments/${sha256}${extension === null ? '' : `.${extension}`}`
}

function extensionOf(mimeType: string | null): string | null {
  const type = (mimeType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(extensions, type) ? (extensions[type] ?? null) : null
}
