import type { Attachment, CarouselItem, Content, FormField, Option, Role } from '@custody/model'
import { z } from 'zod'

// The annotations hold these to the types of the model: a field that is renamed there does not compile here.

/** Who somebody is. */
export const roleSchema: z.ZodType<Role> = z.enum(['end-user', 'agent', 'bot', 'system', 'supervisor', 'other'])

const text = z.string().nullable()

const file = z
  .strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    size: z.number().int().min(0),
    mimeType: text.describe('The media type that came with the bytes'),
  })
  .describe('The file under data/attachments/, named by its SHA-256; not there when it was not fetched')

const attachment: z.ZodType<Attachment> = z.strictObject({
  name: text,
  mimeType: text,
  url: text,
  id: text,
  file: file.exactOptional(),
})

const option: z.ZodType<Option> = z.strictObject({ id: text, title: text, subtitle: text })

const options = z.array(option)

const formField: z.ZodType<FormField> = z.strictObject({ label: text, type: text, value: text, options })

const carouselItem: z.ZodType<CarouselItem> = z.strictObject({
  title: text,
  subtitle: text,
  image: attachment.nullable(),
  options,
})

/** What a message holds besides plain text. */
export const contentSchema: z.ZodType<Content> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('attachments'), attachments: z.array(attachment) }),
  z.strictObject({ type: z.literal('rich-link'), title: text, url: text, image: attachment.nullable() }),
  z.strictObject({ type: z.literal('links'), links: z.array(z.strictObject({ title: text, url: text })) }),
  z.strictObject({ type: z.literal('web-view'), title: text, url: text }),
  z.strictObject({ type: z.literal('template'), name: text }),
  z.strictObject({ type: z.enum(['buttons', 'quick-replies']), options }),
  z.strictObject({ type: z.literal('carousel'), items: z.array(carouselItem) }),
  z.strictObject({ type: z.literal('choice'), selected: options }),
  z.strictObject({ type: z.literal('form'), title: text, fields: z.array(formField) }),
  z.strictObject({ type: z.literal('form-response'), fields: z.array(formField) }),
  z.strictObject({
    type: z.literal('participants'),
    changes: z.array(z.strictObject({ operation: z.string(), role: roleSchema, displayName: text })),
  }),
  z.strictObject({
    type: z.literal('routing'),
    routingType: text,
    workType: text,
    failureType: text,
    failureReason: text,
    recordId: text,
    estimatedWaitTime: z.number().nullable(),
  }),
  z.strictObject({ type: z.literal('delivery-failure'), failedEntryId: text, errorCode: text }),
  z.strictObject({ type: z.literal('acknowledgement'), acknowledgedEntryId: text, at: text }),
  z.strictObject({
    type: z.literal('session'),
    status: text,
    previousStatus: text,
    endedByRole: roleSchema.nullable(),
  }),
  z.strictObject({ type: z.literal('modality'), active: z.array(z.string()) }),
])
