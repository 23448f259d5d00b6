import type { OrgDownloads } from '@custody/http'
import type { Attachment, Conversation, Entry } from '@custody/model'
import { type Clock, mapRecords, type Reject, type Stage, systemClock, usageError } from '@custody/pipeline'
import { addressesOf } from './address.ts'
import { type FileRole, mapAttachments, mapInTurn } from './content-files.ts'
import { type Failure, noAddress } from './failure.ts'
import { createFetchFile, type Fetched, type FetchFile } from './fetch-file.ts'
import type { FileStore } from './file-store.ts'
import { toMediaType } from './media-type.ts'

/** What {@link attachments} reads files with, where it puts them, and within which bounds. */
export interface AttachmentsOptions {
  readonly org: OrgDownloads
  /** Where the files go. It belongs to whoever made it: the stage does not close it. */
  readonly store: FileStore
  /** @defaultValue 100 MiB: the largest file a messaging channel is known to take (documents of WhatsApp) */
  readonly maxFileBytes?: number
  /** Of all files that are kept, each content once. @defaultValue no limit: the disk has one */
  readonly maxTotalBytes?: number
  /** Conversations whose files are fetched at the same time; those of one come one after the other. @defaultValue 4 */
  readonly concurrency?: number
  /** How often a file that breaks off is begun. @defaultValue 3 */
  readonly attempts?: number
  /** For files that are stored as ContentVersion. @defaultValue `66.0` */
  readonly apiVersion?: string
  readonly clock?: Clock
}

/**
 * The stage that fetches the files messages carry, into a store, and notes them as `file` on their attachments. To be placed
 * before anything that changes addresses, as redaction does.
 *
 * A file that cannot be had becomes a reject within its conversation, which goes on. Nothing is ever asked of a host that
 * is not the org's own.
 *
 * @throws CustodyError `ATTACHMENTS_OPTION` (usage); on a run, what is not about one file: signing in, the limit of the day,
 * `FILE_STORE_DISK`
 */
export function attachments(options: AttachmentsOptions): Stage<Conversation, Conversation> {
  const full = { ...defaults, ...options }
  check(full)
  const { apiVersion, concurrency } = full
  const fetchFile = createFetchFile(full)
  return mapRecords<Conversation, Conversation>({
    name: 'attachments',
    concurrency,
    map: async (conversation, { signal, reject }) => {
      const entries = await mapInTurn(conversation.entries, async (entry) => {
        if (entry.content === null) return entry
        const content = await mapAttachments(entry.content, async (attachment, role) => {
          const outcome = await fetchAttachment(fetchFile, {
            attachment,
            role,
            entry,
            conversation,
            apiVersion,
            signal,
          })
          if (outcome === null) return attachment
          if ('file' in outcome) return { ...attachment, file: outcome.file }
          reject(toReject(outcome.failure, attachment, entry, conversation))
          return attachment
        })
        return content === entry.content ? entry : { ...entry, content }
      })
      return entries === conversation.entries ? conversation : { ...conversation, entries }
    },
  })
}

interface Wanted {
  readonly attachment: Attachment
  readonly role: FileRole
  readonly entry: Entry
  readonly conversation: Conversation
  readonly apiVersion: string
  readonly signal: AbortSignal
}

/** The file, why it cannot be had, or null where there is none to be had. */
async function fetchAttachment(fetchFile: FetchFile, wanted: Wanted): Promise<Fetched | null> {
  const { attachment, entry, conversation, apiVersion, signal } = wanted
  if (attachment.file) return null
  let failure: Failure = noAddress
  const claimed = toMediaType(attachment.mimeType)
  const addresses = addressesOf(attachment, entry, apiVersion)
  for (const [index, address] of addresses.entries()) {
    const fetched = await fetchFile({ address, claimed, affinity: conversation.identifier }, signal)
    if ('file' in fetched) return fetched
    // The first place is the one the message names.
    if (index === 0) failure = fetched.failure
  }
  return isFileOfMessage(failure, wanted) ? { failure } : null
}

/** Whether what failed was a file of the message at all, so that the archive lacks it. */
function isFileOfMessage({ code }: Failure, { role, entry }: Wanted): boolean {
  // Events tell of uploads without saying where: `MessageUpdated`. The file came with its message.
  if (code === 'ATTACHMENT_ADDRESS') return role === 'attachment' && entry.kind === 'message'
  // A picture on another host belongs to the link it decorates.
  return code !== 'ATTACHMENT_FOREIGN_ORIGIN' || role === 'attachment'
}

function toReject(
  { code, message }: Failure,
  { id }: Attachment,
  { entryId }: Entry,
  { identifier }: Conversation,
): Omit<Reject, 'stage'> {
  return {
    code,
    // What is no plain id may be anything, an address with a secret too.
    subject: { type: 'Attachment', id: id !== null && /^[\w.:-]{1,100}$/.test(id) ? id : null },
    within: { type: 'Conversation', id: identifier },
    message: `The file of the entry ${entryId}: ${message}`,
  }
}

const defaults = {
  maxFileBytes: 100 * 1024 * 1024,
  maxTotalBytes: Number.POSITIVE_INFINITY,
  concurrency: 4,
  attempts: 3,
  apiVersion: '66.0',
  clock: systemClock,
}

function check({ maxFileBytes, maxTotalBytes, attempts, apiVersion }: typeof defaults): void {
  const numbers = { maxFileBytes, attempts, ...(maxTotalBytes !== Number.POSITIVE_INFINITY && { maxTotalBytes }) }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isInteger(value) || value < 1) {
      throw usageError('ATTACHMENTS_OPTION', `attachments: ${name} must be a whole number of at least 1`)
    }
  }
  if (!/^\d{2,3}\.0$/.test(apiVersion)) {
    throw usageError('ATTACHMENTS_OPTION', 'attachments: apiVersion must look like 66.0')
  }
}
