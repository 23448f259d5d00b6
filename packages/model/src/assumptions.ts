// What we guess about Salesforce's payloads, all of it. A wrong guess costs a rendering, never data: the payload is kept
// verbatim, and text that no reader finds is looked for by name (`words`).

// assumption: external attachments carry their files under one of these names; even the
// format's name is cut off in the documentation.
export const attachmentLists: readonly string[] = ['attachments', 'externalAttachments']

// assumption: a form carries its fields in `sections`, each with an `input`; or under this other name, bare.
export const fieldLists: readonly string[] = ['sections', 'inputs']

// assumption: an answered form carries its answers under one of these names. The SDKs say `inputValues`; no payload
// was seen.
export const answerLists: readonly string[] = ['inputValues', 'inputs', 'values', 'sections']

// assumption: `Links` carries its links here, each like the `linkItem` of a rich link.
export const linkLists: readonly string[] = ['links', 'linkItems']

// assumption: what people read stands under one of these names, in payloads nobody has documented (notes, flags, new
// message types) as in those they have.
export const wordKeys: ReadonlySet<string> = new Set([
  'text',
  'messageText',
  'message',
  'title',
  'subTitle',
  'secondarySubTitle',
  'tertiarySubTitle',
  'label',
  'displayValue',
  'textValue',
  'resultMessage',
  'note',
  'noteText',
  'comment',
  'caption',
  'description',
  'body',
  'content',
  'name',
])
