import { entryIdentifier, otherIdentifier } from '../ids.ts'
import { Random } from '../random.ts'
import type { EntryContext } from './entry-context.ts'
import { topics } from './phrases/phrases.ts'
import { purpose } from './purposes.ts'
import { topicOf } from './script.ts'
import { fill, type Planted, textOf } from './text.ts'
import { title } from './title.ts'

/** What a message says; undefined where the step is none. */
export function messagePayload(context: EntryContext): { payload: unknown; planted: readonly Planted[] } | undefined {
  const { seed, outline, person, step } = context
  const id = entryIdentifier(seed, outline.index, step.number)
  const frame = (messageType: string, content: object, extra: object = {}): unknown => ({
    entryType: 'Message',
    id,
    abstractMessage: { messageType, id, inReplyToMessageId: null, references: [], ...content },
    messageReason: null,
    ...extra,
  })
  const plain = (payload: unknown): { payload: unknown; planted: readonly Planted[] } => ({ payload, planted: [] })
  const random = new Random(seed, purpose.text, outline.index, step.number + 0x10000000)
  const { phrases } = person.locale
  const fresh = (k: number): string => otherIdentifier(seed ^ outline.index, step.number, k)

  switch (step.kind) {
    case 'text': {
      const { text, planted } = textOf(seed, outline, person, step)
      return { payload: frame('StaticContentMessage', { staticContent: { formatType: 'Text', text } }), planted }
    }
    case 'buttons':
    case 'quick-replies':
      return plain(
        frame('ChoicesMessage', {
          choices: {
            formatType: step.kind === 'buttons' ? 'Buttons' : 'QuickReplies',
            text: phrases.bot.menu,
            optionItems: topics.map((topic, k) => option(phrases.topics[topic].title, fresh(k))),
          },
        }),
      )
    case 'carousel':
      return plain(
        frame('ChoicesMessage', {
          choices: {
            formatType: 'Carousel',
            text: phrases.bot.menu,
            items: phrases.products.slice(0, 3).map((product, k) => ({
              itemType: 'TitleImageItem',
              titleItem: { ...title(product), subTitle: `${person.locale.currency}${random.between(12, 890)}` },
              imageItem: image(fresh(k), product),
              interactionItems: [option(phrases.topics.product.title, fresh(k + 10))],
            })),
          },
        }),
      )
    case 'choice':
      return plain(
        frame('ChoicesResponseMessage', {
          choicesResponse: {
            formatType: 'Selections',
            selectedOptions: [
              {
                optionIdentifier: fresh(0),
                ...(random.chance(0.5) ? titled(topicTitle(context)) : { optionTitle: topicTitle(context) }),
              },
            ],
          },
        }),
      )
    case 'attachments':
    case 'external-attachments': {
      const caption = random.chance(0.5) ? fill('{order}', random, outline, person, step).text : ''
      const file = random.pick(files)
      const external = step.kind === 'external-attachments'
      return plain(
        frame('StaticContentMessage', {
          staticContent: {
            formatType: external ? 'ExternalAttachments' : 'Attachments',
            text: caption,
            attachments: [
              {
                name: file.name,
                attachmentUploadResult: null,
                id: fresh(0),
                mimeType: file.mimeType,
                url: context.fileUrl(id),
                referenceId: external ? fresh(2) : null,
              },
            ],
          },
        }),
      )
    }
    case 'rich-link':
      return plain(
        frame('StaticContentMessage', {
          staticContent: {
            formatType: 'RichLink',
            title: random.pick(phrases.products),
            linkItem: {
              titleItem: title(random.pick(phrases.products)),
              url: `https://shop.example/p/${random.between(1000, 9999)}`,
            },
            image: image(fresh(0), null),
          },
        }),
      )
    case 'links':
      return plain(
        frame('StaticContentMessage', {
          staticContent: {
            formatType: 'Links',
            text: phrases.bot.menu,
            links: ['returns', 'shipping'].map((page) => ({ title: title(page), url: `https://shop.example/${page}` })),
          },
        }),
      )
    case 'web-view':
      return plain(
        frame('StaticContentMessage', {
          staticContent: {
            formatType: 'WebView',
            title: title(phrases.topics.delivery.title),
            url: `https://shop.example/track/${fresh(0)}`,
          },
        }),
      )
    case 'template':
      return plain(
        frame('StaticContentMessage', {
          staticContent: {
            formatType: 'Text',
            text: fill(phrases.topics.delivery.answer[0] ?? '', random, outline, person, step).text,
            externalTemplate: { name: 'delivery_update_v2', language: person.locale.tag },
          },
        }),
      )
    case 'form':
      return plain(
        frame('FormMessage', {
          form: {
            formatType: 'Inputs',
            title: phrases.form.title,
            inputs: (['name', 'email', 'phone'] as const).map((field, k) => ({
              inputType: 'TextInput',
              id: fresh(k),
              titleItem: title(phrases.form[field]),
              required: field !== 'phone',
            })),
          },
        }),
      )
    case 'form-response': {
      const answers = [
        ['name', { type: 'NAME', literal: person.name }],
        ['email', { type: 'EMAIL', literal: person.email }],
        ['phone', { type: 'PHONE', literal: person.phone.e164 }],
      ] as const
      return {
        payload: frame('FormResponseMessage', {
          formResponse: {
            formatType: 'Inputs',
            inputs: answers.map(([field, { literal }], k) => ({
              id: fresh(k),
              titleItem: title(phrases.form[field]),
              value: literal,
            })),
          },
        }),
        planted: answers.map(([, planted]) => planted),
      }
    }
    case 'citation':
      return plain(
        frame(
          'StaticContentMessage',
          { staticContent: { formatType: 'Text', text: phrases.topics.product.answer[0] ?? '' } },
          {
            citationContent: {
              citations: [
                {
                  citedDetails: { inlineMetadata: [{ citedLocationOffset: 12 }] },
                  citedReference: { link: 'https://shop.example/help/washing', recordId: null, label: 'Washing' },
                },
              ],
            },
          },
        ),
      )
    case 'unknown-message':
      return plain(
        frame('HologramMessage', {
          hologram: { formatType: 'Volumetric', frames: [[0.5, -0.25], []], caption: phrases.bot.hello },
        }),
      )
    case 'null-parts':
      return plain(frame('StaticContentMessage', { staticContent: null, references: null }))
    case 'null-payload':
      return plain(null)
    case 'big-number':
      return plain(
        frame(
          'StaticContentMessage',
          { staticContent: { formatType: 'Text', text: '#' } },
          {
            sequence: rawNumber('9007199254740993'),
            ratio: rawNumber('1.0'),
            tiny: rawNumber('1e-400'),
            huge: rawNumber('123456789012345678901234567890'),
          },
        ),
      )
    case 'prototype-keys':
      return plain(
        frame(
          'StaticContentMessage',
          { staticContent: { formatType: 'Text', text: phrases.customer[0] ?? '' } },
          {
            metadata: JSON.parse(
              '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":"no","":"empty key"}',
            ) as unknown,
          },
        ),
      )
    default:
      return undefined
  }
}

function topicTitle({ outline, person }: EntryContext): string {
  return person.locale.phrases.topics[topicOf(outline)].title
}

function titled(text: string): object {
  return { titleItem: title(text) }
}

function option(text: string, identifier: string): object {
  return { itemType: 'TitleOptionItem', titleItem: title(text), optionIdentifier: identifier, optionId: null }
}

function image(id: string, description: string | null): object {
  return {
    assetType: 'ImageAsset',
    description,
    id,
    mimeType: 'image/png',
    assetUrl: `https://files.example/${id}.png`,
  }
}

const files = [
  { name: 'photo.jpg', mimeType: 'image/jpeg' },
  { name: 'Rechnung März (2).pdf', mimeType: 'application/pdf' },
  { name: 'صورة.png', mimeType: 'image/png' },
  { name: '../../../etc/passwd', mimeType: 'text/plain' },
  { name: 'CON.txt', mimeType: 'text/plain' },
]

/** A number written as given, beyond what a double holds. */
function rawNumber(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)
}
