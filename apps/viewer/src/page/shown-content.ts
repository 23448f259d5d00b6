import type { CarouselItem, FormField, Option } from '@custody/model'
import type { ShownAttachment, ShownContent } from '@custody/transcripts/page-data'
import { element } from './element.ts'
import { shownText, type TextStyle } from './shown-text.ts'
import { roleWords } from './words.ts'

/** The structured part of an entry: nothing in it can be pressed, for nothing of it is to happen again. */
export function shownContent(content: ShownContent, style: TextStyle): HTMLElement | null {
  const say = (text: string | null, instead = ''): HTMLElement | string =>
    text === null ? instead : shownText(text, style)
  const facts = (pairs: readonly (readonly [string, string | number | null])[]): HTMLElement | null => {
    const known = pairs.filter(([, value]) => value !== null)
    if (known.length === 0) return null
    return element(
      'dl',
      {},
      ...known.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, say(String(value)))]),
    )
  }
  const options = (list: readonly Option[], label: string): HTMLElement | null =>
    list.length === 0 ? null : element('ul', { class: 'options', 'aria-label': label }, ...list.map(optionItem))
  const optionItem = ({ title, subtitle, id }: Option): HTMLElement =>
    element('li', {}, say(title ?? id, 'Option'), subtitle !== null && element('small', {}, say(subtitle)))
  const file = (attachment: ShownAttachment): HTMLElement =>
    element(
      'li',
      { class: 'file' },
      say(attachment.name, 'File without a name'),
      element('small', {}, [attachment.mimeType, bytes(attachment.size)].filter(Boolean).join(', ')),
      attachment.sha256 === undefined
        ? element('small', {}, 'not in this archive')
        : element('small', { title: attachment.sha256 }, `in data/attachments: ${attachment.sha256.slice(0, 16)}…`),
    )
  const link = ({ title, url }: { readonly title: string | null; readonly url: string | null }): HTMLElement =>
    element('li', {}, say(title, 'Link'), url !== null && element('small', {}, say(url)))
  const card = ({ title, subtitle, image, options: choices }: CarouselItem | CardWithFile): HTMLElement =>
    element(
      'li',
      { class: 'card' },
      say(title, 'Card'),
      subtitle !== null && element('small', {}, say(subtitle)),
      image !== null && element('small', {}, 'Image: ', say(image.name, 'without a name')),
      options(choices, 'Choices'),
    )
  const field = ({ label, type, value, options: choices }: FormField): HTMLElement =>
    element(
      'li',
      {},
      say(label, type ?? 'Field'),
      value !== null && element('span', { class: 'answer' }, ': ', say(value)),
      options(choices, 'Choices'),
    )

  switch (content.type) {
    case 'attachments':
      return element('ul', { class: 'files', 'aria-label': 'Files' }, ...content.attachments.map(file))
    case 'rich-link':
    case 'web-view':
      return element('ul', { class: 'links', 'aria-label': 'Link' }, link(content))
    case 'links':
      return element('ul', { class: 'links', 'aria-label': 'Links' }, ...content.links.map(link))
    case 'template':
      return facts([['Template', content.name]])
    case 'buttons':
      return options(content.options, 'Buttons')
    case 'quick-replies':
      return options(content.options, 'Quick replies')
    case 'choice':
      return options(content.selected, 'Chosen')
    case 'carousel':
      return element('ul', { class: 'cards', 'aria-label': 'Cards' }, ...content.items.map(card))
    case 'form':
    case 'form-response':
      return element('ul', { class: 'fields', 'aria-label': 'Form' }, ...content.fields.map(field))
    case 'participants': {
      const changes = content.changes.map(({ operation, role, displayName }) =>
        element('li', {}, say(displayName, roleWords[role] ?? role), ` (${roleWords[role] ?? role}): `, say(operation)),
      )
      return element('ul', { class: 'changes', 'aria-label': 'Changes' }, ...changes)
    }
    case 'routing':
      return facts([
        ['Routing', content.routingType],
        ['Work', content.workType],
        ['Failure', content.failureType],
        ['Reason', content.failureReason],
        ['Record', content.recordId],
        ['Estimated wait, seconds', content.estimatedWaitTime === -1 ? null : content.estimatedWaitTime],
      ])
    case 'delivery-failure':
      return facts([
        ['Message', content.failedEntryId],
        ['Error', content.errorCode],
      ])
    case 'acknowledgement':
      return facts([['Message', content.acknowledgedEntryId]])
    case 'session':
      return facts([
        ['Status', content.status],
        ['Before', content.previousStatus],
        ['Ended by', content.endedByRole === null ? null : (roleWords[content.endedByRole] ?? content.endedByRole)],
      ])
    case 'modality':
      return facts([['Active', content.active.join(', ')]])
    default:
      return null
  }
}

type CardWithFile = Omit<CarouselItem, 'image'> & { readonly image: ShownAttachment | null }

/** A size for people: `1.2 MB`; empty where it is not known. */
function bytes(size: number | undefined): string {
  if (size === undefined) return ''
  if (size < 1000) return `${size} B`
  const power = Math.min(4, Math.floor(Math.log10(size) / 3))
  return `${(size / 1000 ** power).toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}
