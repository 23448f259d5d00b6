import fc from 'fast-check'
import type { Json } from '../entry.ts'

/** Names that readers look at, so that random JSON gets past the first look. */
const names = [
  ...['abstractMessage', 'messageType', 'entryType', 'messageText', 'staticContent', 'choices', 'choicesResponse'],
  ...['form', 'formResponse', 'formatType', 'text', 'attachments', 'linkItem', 'links', 'image', 'images', 'title'],
  ...['externalTemplate', 'citationContent', 'citations', 'citedReference', 'url', 'titleItem', 'optionItems', 'items'],
  ...['interactionItems', 'imageId', 'selectedOptions', 'optionTitle', 'optionIdentifier', 'sections', 'input'],
  ...['inputValues', 'inputLabel', 'label', 'displayValue', 'value', 'textValue', 'result', 'formTitle', 'message'],
  ...['entries', 'operation', 'participant', 'role', 'recordId', 'estimatedWaitTime', 'activeModalities', 'name'],
  ...['acknowledgementTimestamp', 'attachmentUploadResult', 'sessionStatus', 'sessionEndedByRole', 'id', 'subTitle'],
  ...['__proto__', 'constructor', 'toString', 'length', 'rawJSON', ''],
]

const vendorWords = ['Message', 'Text', 'Buttons', 'QuickReplies', 'Carousel', 'Inputs', 'Attachments', 'RichLink']

/** Any JSON value, from names the readers know and values they do not expect, as `JSON.parse` makes it. */
export const hostileJson: fc.Arbitrary<Json> = fc
  .letrec<{ value: unknown; object: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, false, 0, -1, 1e300, '', ...vendorWords),
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      tie('object'),
      tie('object'),
      fc.array(tie('value'), { maxLength: 4 }),
    ),
    object: fc.array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 6 }).map(Object.fromEntries),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)) as Json)
