import { createReadStream } from 'node:fs'
import type { AttachedFile, Attachment, Content, Conversation } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { attachmentPath } from './attachment-path.ts'
import type { BagStore } from './bag-store.ts'

/** Copies the files that came with messages into the bag, each once. */
export class AttachmentWriter {
  readonly #store: BagStore
  readonly #place: ((sha256: string) => string) | undefined
  readonly #written = new Map<string, string>()

  /** `place`: where the file of this SHA-256 was put when it was fetched. */
  constructor(store: BagStore, place: ((sha256: string) => string) | undefined) {
    this.#store = store
    this.#place = place
  }

  /** How many files are written. */
  get files(): number {
    return this.#written.size
  }

  async add({ file, mimeType }: AttachedContent): Promise<void> {
    // One content, one file, whatever media types it came with: the first one names it.
    if (this.#written.has(file.sha256)) return
    if (!this.#place) {
      throw new CustodyError('ARCHIVE_ATTACHMENT', 'Files were fetched, and the archive was not told where they are.', {
        actions: ['Give archive() the option attachmentPlace.'],
      })
    }
    const path = attachmentPath(file, mimeType)
    const writer = this.#store.write(path)
    for await (const chunk of createReadStream(this.#place(file.sha256))) await writer.write(chunk as Buffer)
    const { sha256, bytes } = await writer.close()
    if (sha256 !== file.sha256 || bytes !== file.size) {
      throw new CustodyError('ARCHIVE_ATTACHMENT', `The file ${file.sha256} changed after it was fetched.`, {
        actions: ['Look after the disk, then archive this window again.'],
      })
    }
    this.#written.set(file.sha256, path)
  }
}

/** A file that was fetched, under the media type that its message gives. */
export interface AttachedContent {
  readonly file: AttachedFile
  readonly mimeType: string | null
}

/** The files that came with a conversation, as often as they came. */
export function attachedContents({ entries }: Conversation): readonly AttachedContent[] {
  return entries.flatMap(({ content }) =>
    attachmentsOf(content).flatMap(({ file, mimeType }) => (file ? [{ file, mimeType }] : [])),
  )
}

/** Everything in the content of an entry that may have a file. */
export function attachmentsOf(content: Content | null): readonly Attachment[] {
  switch (content?.type) {
    case 'attachments':
      return content.attachments
    case 'rich-link':
      return content.image ? [content.image] : []
    case 'carousel':
      return content.items.flatMap(({ image }) => image ?? [])
    default:
      return []
  }
}
