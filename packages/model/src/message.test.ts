import { describe, expect, it } from 'vitest'
import { type Json, readPayload } from './index.ts'
import { messagePayload, optionItem, staticPayload, titleItem } from './testing/payloads.ts'

const image = {
  assetType: 'ImageAsset',
  description: 'A boot',
  id: 'img-1',
  mimeType: 'image/png',
  assetUrl: 'https://assets.example/boot.png',
}
const readImage = { name: 'A boot', mimeType: 'image/png', url: 'https://assets.example/boot.png', id: 'img-1' }

describe('static content', () => {
  it('attachments: caption, then names', () => {
    const attachments = [
      {
        name: 'a.pdf',
        attachmentUploadResult: 'x',
        id: 'att-1',
        mimeType: 'application/pdf',
        url: 'https://f.example/a',
        referenceId: 'r',
      },
      { name: null, id: 'att-2', mimeType: 'image/png', url: null },
      {},
      null,
    ]
    for (const [formatType, key] of [
      ['Attachments', 'attachments'],
      ['ExternalAttachments', 'externalAttachments'],
    ] as const) {
      expect(readPayload('Message', staticPayload({ formatType, text: 'See these', [key]: attachments }))).toEqual({
        kind: 'message',
        text: 'See these\na.pdf\natt-2\n(attachment)\n(attachment)',
        content: {
          type: 'attachments',
          attachments: [
            { name: 'a.pdf', mimeType: 'application/pdf', url: 'https://f.example/a', id: 'att-1' },
            { name: null, mimeType: 'image/png', url: null, id: 'att-2' },
            { name: null, mimeType: null, url: null, id: null },
            { name: null, mimeType: null, url: null, id: null },
          ],
        },
      })
    }
    expect(
      readPayload('Message', staticPayload({ formatType: 'Attachments', attachments: [{ name: 'b' }] })).text,
    ).toBe('b')
  })

  it('rich link: title and address, then the description of the image', () => {
    const linkItem = { itemType: 'LinkItem', titleItem: titleItem('Our shop'), url: 'https://shop.example' }
    expect(readPayload('Message', staticPayload({ formatType: 'RichLink', image, linkItem }))).toEqual({
      kind: 'message',
      text: 'Our shop - https://shop.example\nA boot',
      content: { type: 'rich-link', title: 'Our shop', url: 'https://shop.example', image: readImage },
    })
    expect(readPayload('Message', staticPayload({ formatType: 'RichLink', image: null, linkItem: {} }))).toEqual({
      kind: 'message',
      text: null,
      content: { type: 'rich-link', title: null, url: null, image: null },
    })
  })

  it('web view: title and address', () => {
    const webView = {
      formatType: 'WebView',
      url: 'https://v.example',
      title: titleItem('Sign here'),
      displayType: 'Full',
    }
    expect(readPayload('Message', staticPayload(webView))).toEqual({
      kind: 'message',
      text: 'Sign here - https://v.example',
      content: { type: 'web-view', title: 'Sign here', url: 'https://v.example' },
    })
  })

  it('links: one a line', () => {
    const links = [{ title: 'One', url: 'https://1.example' }, { url: 'https://2.example' }]
    expect(readPayload('Message', staticPayload({ formatType: 'Links', text: 'Read', links }))).toEqual({
      kind: 'message',
      text: 'Read\nOne - https://1.example\nhttps://2.example',
      content: {
        type: 'links',
        links: [
          { title: 'One', url: 'https://1.example' },
          { title: null, url: 'https://2.example' },
        ],
      },
    })
  })

  it('citations of a bot: after its text', () => {
    const citationContent = {
      citations: [
        { citedDetails: {}, citedReference: { link: 'https://kb.example/1', recordId: 'ka0', label: 'Returns' } },
      ],
    }
    expect(
      readPayload('Message', staticPayload({ formatType: 'Text', text: 'You may return it.', citationContent })),
    ).toEqual({
      kind: 'message',
      text: 'You may return it.\nReturns - https://kb.example/1',
      content: { type: 'links', links: [{ title: 'Returns', url: 'https://kb.example/1' }] },
    })
    expect(readPayload('Message', staticPayload({ formatType: 'Text', text: 'No.', citationContent: null }))).toEqual({
      kind: 'message',
      text: 'No.',
      content: null,
    })
  })

  it('template: its name', () => {
    expect(readPayload('Message', staticPayload({ externalTemplate: { name: 'order_shipped' } }))).toEqual({
      kind: 'message',
      text: 'order_shipped',
      content: { type: 'template', name: 'order_shipped' },
    })
  })

  it('several of them at once: all lines, the first structure', () => {
    const both = {
      text: 'Both',
      attachments: [{ name: 'a.pdf' }],
      linkItem: { title: 'Link', url: 'https://l.example' },
    }
    const reading = readPayload('Message', staticPayload(both))
    expect(reading.text).toBe('Both\na.pdf\nLink - https://l.example')
    expect(reading.content?.type).toBe('attachments')
  })
})

describe('choices', () => {
  const optionItems = [
    optionItem('o-1', 'Order', 'Where is it?'),
    optionItem('o-2', 'Return'),
    { optionId: 'o-3' },
    null,
  ]
  const options = [
    { id: 'o-1', title: 'Order', subtitle: 'Where is it?' },
    { id: 'o-2', title: 'Return', subtitle: null },
    { id: 'o-3', title: null, subtitle: null },
    { id: null, title: null, subtitle: null },
  ]

  it.each([
    ['Buttons', 'buttons'],
    ['QuickReplies', 'quick-replies'],
    ['QUICK_REPLIES', 'quick-replies'],
    ['ListPicker', 'buttons'],
  ])('%s: caption, then titles', (formatType, type) => {
    const choices = { formatType, images: [], text: 'How can I help?', optionItems }
    expect(readPayload('Message', messagePayload('ChoicesMessage', { choices }))).toEqual({
      kind: 'message',
      text: 'How can I help?\nOrder - Where is it?\nReturn\no-3',
      content: { type, options },
    })
  })

  it('titles: all of their lines', () => {
    const titled = { ...(titleItem('Size', 'EU') as object), secondarySubTitle: 'cm', tertiarySubTitle: 3 }
    const choices = { formatType: 'Buttons', optionItems: [{ titleItem: titled, optionIdentifier: 'o-1' }] }
    expect(readPayload('Message', messagePayload('ChoicesMessage', { choices }))).toEqual({
      kind: 'message',
      text: 'Size - EU - cm - 3',
      content: { type: 'buttons', options: [{ id: 'o-1', title: 'Size', subtitle: 'EU - cm - 3' }] },
    })
  })

  it('carousel: each card with its image and options', () => {
    const card = { titleItem: { ...(titleItem('Boot', '€ 40') as object), imageId: 'img-1' } }
    const items: Json = [
      { ...card, interactionItems: [optionItem('o-1', 'Buy'), optionItem('o-2', 'More')] },
      { titleItem: titleItem('Shoe'), interactionItems: null },
    ]
    const choices = { formatType: 'Carousel', text: 'New', images: [image, null], items }
    expect(readPayload('Message', messagePayload('ChoicesMessage', { choices }))).toEqual({
      kind: 'message',
      text: 'New\nBoot - € 40\nA boot\nBuy\nMore\nShoe',
      content: {
        type: 'carousel',
        items: [
          {
            title: 'Boot',
            subtitle: '€ 40',
            image: readImage,
            options: [
              { id: 'o-1', title: 'Buy', subtitle: null },
              { id: 'o-2', title: 'More', subtitle: null },
            ],
          },
          { title: 'Shoe', subtitle: null, image: null, options: [] },
        ],
      },
    })
  })

  it('answer: titles by titleItem or optionTitle, else the id', () => {
    const selectedOptions = [
      { optionIdentifier: 'o-1', titleItem: titleItem('Order') },
      { optionIdentifier: 'o-2', optionTitle: titleItem('Return') },
      { optionIdentifier: 'o-4', optionTitle: 'Other' },
      { optionIdentifier: 'o-3' },
    ]
    const choicesResponse = { formatType: 'Selections', selectedOptions }
    expect(readPayload('Message', messagePayload('ChoicesResponseMessage', { choicesResponse }))).toEqual({
      kind: 'message',
      text: 'Order\nReturn\nOther\no-3',
      content: {
        type: 'choice',
        selected: [
          { id: 'o-1', title: 'Order', subtitle: null },
          { id: 'o-2', title: 'Return', subtitle: null },
          { id: 'o-4', title: 'Other', subtitle: null },
          { id: 'o-3', title: null, subtitle: null },
        ],
      },
    })
  })
})

describe('forms', () => {
  it('form: headings once each, then fields with their options', () => {
    const form = {
      formatType: 'Inputs',
      formTitle: titleItem('Your details'),
      introScreen: null,
      images: [],
      message: titleItem('Please fill out this form'),
      reply: titleItem('Your details'),
      sections: [
        {
          sectionType: 'SingleInputSection',
          input: { id: 'i-1', inputType: 'TextInput', label: titleItem('Name'), required: true, hintText: null },
        },
        {
          sectionType: 'SingleInputSection',
          input: {
            id: 'i-2',
            inputType: 'SelectInput',
            label: titleItem('Size'),
            optionItems: [optionItem('s', 'Small'), optionItem('l', 'Large')],
          },
        },
      ],
    }
    expect(readPayload('Message', messagePayload('FormMessage', { form }))).toEqual({
      kind: 'message',
      text: 'Your details\nPlease fill out this form\nName\nSize\nSmall\nLarge',
      content: {
        type: 'form',
        title: 'Your details',
        fields: [
          { label: 'Name', type: 'TextInput', value: null, options: [] },
          {
            label: 'Size',
            type: 'SelectInput',
            value: null,
            options: [
              { id: 's', title: 'Small', subtitle: null },
              { id: 'l', title: 'Large', subtitle: null },
            ],
          },
        ],
      },
    })
  })

  it.each(['inputValues', 'inputs', 'values'])('answers under %s: label and value', (key) => {
    const formResponse = {
      formatType: 'Inputs',
      formTitle: titleItem('Your details'),
      [key]: [
        { inputId: 'i-1', inputLabel: titleItem('Name'), value: { valueType: 'TextValue', textValue: 'Sam Doe' } },
        { inputId: 'i-2', inputLabel: titleItem('Born'), displayValue: '1 May 1990', value: { dateValue: 641520000 } },
        {
          inputId: 'i-3',
          inputValueType: 'SelectedOptionsInputValue',
          inputLabel: titleItem('Sizes'),
          selectedOptions: [
            { optionIdentifier: 's', optionTitle: titleItem('Small') },
            { optionIdentifier: 'l', optionTitle: titleItem('Large') },
          ],
        },
        { inputLabel: 'Age', value: 42 },
        { inputLabel: 'Colours', value: [optionItem('r', 'Red'), 'Blue'] },
        { value: true },
        { inputLabel: titleItem('Left empty'), value: null },
      ],
    }
    const reading = readPayload('Message', messagePayload('FormResponseMessage', { formResponse }))
    expect(reading.text).toBe(
      'Your details\nName: Sam Doe\nBorn: 1 May 1990\nSizes: Small, Large\nAge: 42\nColours: Red, Blue\ntrue\nLeft empty',
    )
    expect(reading.content).toMatchObject({
      type: 'form-response',
      fields: [
        { label: 'Name', type: null, value: 'Sam Doe', options: [] },
        { label: 'Born', value: '1 May 1990' },
        {
          label: 'Sizes',
          type: 'SelectedOptionsInputValue',
          value: 'Small, Large',
          options: [{ title: 'Small' }, { title: 'Large' }],
        },
        { label: 'Age', value: '42' },
        { label: 'Colours', value: 'Red, Blue' },
        { label: null, value: 'true' },
        { label: 'Left empty', value: null },
      ],
    })
  })

  it('result of a form: its messages', () => {
    const result = { records: [{ isCreated: true, recordReferenceId: '003', resultMessage: 'Contact created' }] }
    const formResponse = { formatType: 'Result', result }
    expect(readPayload('Message', messagePayload('FormResponseMessage', { formResponse }))).toEqual({
      kind: 'message',
      text: 'Contact created',
      content: null,
    })
  })
})
