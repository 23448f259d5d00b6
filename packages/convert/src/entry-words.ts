import type { Attachment, Content, Entry, Option } from '@custody/model'

/** Who wrote an entry, for people: the name, and always the role, since anybody may call themselves anything. */
export function senderOf({ sender }: Pick<Entry, 'sender'>): string {
  return sender.displayName === null ? sender.role : `${sender.displayName} (${sender.role})`
}

/** What a person saw of an entry besides its text, one line each: files, buttons, links, answers, what an event says. */
export function partsOf({
  content,
  kind,
  entryType,
}: Pick<Entry, 'content' | 'kind' | 'entryType'>): readonly string[] {
  const parts = content === null ? [] : contentParts(content)
  return kind === 'message' ? parts : [`${kind}: ${entryType}`, ...parts]
}

/** How many files a conversation's messages name. */
export function filesOf({ content }: Pick<Entry, 'content'>): number {
  return content?.type === 'attachments' ? content.attachments.length : 0
}

function contentParts(content: Content): readonly string[] {
  switch (content.type) {
    case 'attachments':
      return content.attachments.map(fileText)
    case 'rich-link':
      return [linkText(content), ...(content.image === null ? [] : [fileText(content.image)])]
    case 'links':
      return content.links.map(linkText)
    case 'web-view':
      return [linkText(content)]
    case 'template':
      return [`template: ${content.name ?? 'unnamed'}`]
    case 'buttons':
    case 'quick-replies':
      return content.options.map((option) => `button: ${optionText(option)}`)
    case 'carousel':
      return content.items.flatMap(({ title, subtitle, image, options }) => [
        `card: ${joined([title, subtitle])}`,
        ...(image === null ? [] : [fileText(image)]),
        ...options.map((option) => `button: ${optionText(option)}`),
      ])
    case 'choice':
      return content.selected.map((option) => `chosen: ${optionText(option)}`)
    case 'form':
      return [
        `form: ${content.title ?? 'untitled'}`,
        ...content.fields.map(({ label }) => `field: ${label ?? 'unnamed'}`),
      ]
    case 'form-response':
      return content.fields.map(({ label, value }) => `${label ?? 'unnamed'}: ${value ?? 'no answer'}`)
    case 'participants':
      return content.changes.map(({ operation, role, displayName }) => `${operation} ${joined([displayName, role])}`)
    case 'routing':
      return [joined([content.routingType, content.workType, content.failureType, content.failureReason])]
    case 'delivery-failure':
      return [joined([content.failedEntryId, content.errorCode])]
    case 'acknowledgement':
      return [joined([content.acknowledgedEntryId, content.at])]
    case 'session':
      return [joined([content.previousStatus, content.status, content.endedByRole])]
    case 'modality':
      return content.active
  }
}

function fileText({ name, mimeType, url, file }: Attachment): string {
  return `file: ${joined([name, file?.mimeType ?? mimeType, file ? `SHA-256 ${file.sha256}` : url])}`
}

function linkText({ title, url }: { readonly title: string | null; readonly url: string | null }): string {
  return `link: ${joined([title, url])}`
}

function optionText({ title, subtitle }: Option): string {
  return joined([title, subtitle])
}

function joined(parts: readonly (string | null | undefined)[]): string {
  const known = parts.filter((part) => part !== null && part !== undefined && part !== '')
  return known.length === 0 ? 'nothing known' : known.join(', ')
}
