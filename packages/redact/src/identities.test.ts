import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPolicy, identitiesOf, type Policy, redactText } from './index.ts'
import { aConversation, anEndUser, anEntry, aParticipant, conversationWith } from './testing/conversations.ts'

const key = new Uint8Array(32).fill(7)
const labels: Policy = {
  ...defaultPolicy,
  types: {
    ...defaultPolicy.types,
    NAME: 'label',
    PHONE: 'label',
    ADDRESS: 'label',
    EMAIL: 'label',
    PLATFORM_KEY: 'label',
  },
}
const redacted = (text: string, identities = identitiesOf(conversationWith({ name: 'Grace Hopper' }))): string =>
  redactText(text, { policy: labels, key, identities }).text
const named = (name: string) => identitiesOf(conversationWith({ name }))

describe('names', () => {
  test.each([
    ['Hi Grace, thanks', 'Hi [NAME], thanks'],
    ['GRACE HOPPER', '[NAME]'],
    ['Hopper, Grace', '[NAME]'],
    ['Grace  Hopper', '[NAME]'],
    ['grace hopper wrote', '[NAME] wrote'],
    ["Grace's order, Hopper’s card", "[NAME]'s order, [NAME]’s card"],
    ['sysmsg1_Grace_ has joined', 'sysmsg1_[NAME]_ has joined'],
    ['gracehopper and HopperGrace', '[NAME] and [NAME]'],
    ['G. Hopper', '[NAME]'],
    ['Gráce Höpper', '[NAME]'],
    ['Ｇｒａｃｅ', '[NAME]'],
    ['Gra\u00adce Hop\u200bper', '[NAME]'],
    ['Grace1906', '[NAME]1906'],
    ['Hoppers Haus', '[NAME] Haus'],
    ['graceful hopperish disgrace', 'graceful hopperish disgrace'],
    ['with good grace', 'with good grace'],
    ['a great G. day', 'a great G. day'],
    ['', ''],
  ])('%j becomes %j', (text, expected) => expect(redacted(text)).toBe(expected))

  test('parts in any order and spelling are the same person', () => {
    const identities = named('Jürgen von Groß')
    const options = { policy: defaultPolicy, key, identities }
    const spellings = ['Jürgen von Groß', 'JUERGEN', 'jurgen', 'Gross, Jürgen', 'Ju\u0308rgen von Gross', 'groß jürgen']
    expect(new Set(spellings.map((spelling) => redactText(spelling, options).text)).size).toBe(1)
    expect(redactText('von hier', options).text).toBe('von hier')
  })

  test('a name that is an ordinary word goes where it is written as a name', () => {
    expect(redacted('Will you? I will. WILL', named('Will May'))).toBe('[NAME] you? I will. [NAME]')
    expect(redacted('will may be late', named('Will May'))).toBe('will may be late')
    expect(redacted('Will may', named('Will May'))).toBe('[NAME]')
  })

  test('scripts without spaces, and with words glued to names', () => {
    expect(redacted('私は山田太郎です', named('山田太郎'))).toBe('私は[NAME]です')
    expect(redacted('山田 太郎、山田様', named('山田太郎'))).toBe('[NAME]、[NAME]様')
    expect(redacted('我叫王小明。小明', named('王小明'))).toBe('我叫[NAME]。[NAME]')
    expect(redacted('김민수는', named('김민수'))).toBe('[NAME]는')
    expect(redacted('وأحمد هنا', named('أحمد علي'))).toBe('[NAME] هنا')
    expect(redacted('שלום לדוד', named('דוד כהן'))).toBe('שלום [NAME]')
    expect(redacted('Ольга и ольги', named('Ольга'))).toBe('[NAME] и ольги')
  })

  test('a particle with a capital is part of the name it stands beside', () => {
    const identities = named('Ngo Van Linh')
    expect(redacted('Linh, Van, Ngo. Van Linh; NGO VAN', identities)).toBe('[NAME]. [NAME]; [NAME]')
    expect(redacted('a van, Van Gogh', identities)).toBe('a van, Van Gogh')
  })

  test('a title alone is a name', () => {
    expect(redacted('Mîß. I miss you', named('Mîß'))).toBe('[NAME]. I miss you')
    expect(redacted('Miss Hopper, Miss', named('Miss Hopper'))).toBe('Miss [NAME], Miss')
  })

  test('decomposed text names the same people', () => {
    expect(redacted('김민수는'.normalize('NFD'), named('김민수'))).toBe(`[NAME]${'는'.normalize('NFD')}`)
    expect(redacted('김민수'.normalize('NFC'), named('김민수'.normalize('NFD')))).toBe('[NAME]')
    expect(redacted('私はがぎぐです'.normalize('NFD'), named('がぎぐ'))).toBe(`私は[NAME]${'です'.normalize('NFD')}`)
  })

  test('a name is a name, even of somebody whose e-mail address is made of it', () => {
    const identities = identitiesOf(
      conversationWith({
        name: 'Kim Van Ada',
        contact: { names: [], emails: ['ada.ada@example.org'], phones: [], addresses: [] },
      }),
    )
    expect(redacted('Kim Van Ada  Ada, Van, Kim: ada.ada', identities)).toBe('[NAME]: [EMAIL]')
  })

  test('two people who share a part keep it apart from both', () => {
    const identities = identitiesOf(
      aConversation({
        endUsers: [
          anEndUser({ recordId: '0PARM00000000014AA', name: 'Ada Smith', platformKey: null }),
          anEndUser({ recordId: '0PARM00000000024AA', name: 'Eve Smith', platformKey: null }),
        ],
      }),
    )
    const of = (text: string): string => redactText(text, { policy: defaultPolicy, key, identities }).text
    expect(new Set([of('Ada'), of('Eve'), of('Smith')]).size).toBe(3)
    expect(of('Ada Smith')).toBe(of('Ada'))
    expect(of('Smith, Eve')).toBe(of('Eve'))
  })

  test('what stands in a name field for nobody is no name', () => {
    expect(redacted('a guest, an anonymous user', named('Guest'))).toBe('a guest, an anonymous user')
  })

  test('emoji beside a name are no part of it', () => {
    expect(redacted('😀 Grace 🌸', named('Grace 🌸'))).toBe('😀 [NAME] 🌸')
  })
})

describe('phones, e-mail addresses, postal addresses, keys', () => {
  const identities = identitiesOf(
    conversationWith({
      name: '+1 415 555 0100',
      platformKey: 'v2/iamessage/UNAUTH/NA/uid:3f2b77aa-91',
      contact: {
        names: [],
        emails: ['Ada.King@example.org', 'root@localhost'],
        phones: ['+49 (0)170 1234567', '030 9876543'],
        addresses: ['12 Main St\n90210 Beverly Hills\nUSA'],
      },
    }),
  )
  test.each([
    '+491701234567',
    '0170/1234567',
    '0049 170 12 34 567',
    '(0170) 1234-567',
    '1701234567',
    '1234567',
    '٠١٧٠١٢٣٤٥٦٧',
    '０１７０ １２３４５６７',
    '0170.123.45.67',
    '0\u20e31\u20e37\u20e30\u20e31\u20e32\u20e33\u20e34\u20e35\u20e36\u20e37\u20e3',
    '030-9876543',
    '9876543',
    '+49 30 9876543',
    '4155550100',
    '(415) 555-0100',
  ])('%j is known', (phone) => {
    expect(redacted(`x ${phone} y`, identities)).toMatch(/^x \S*\[PHONE\]\S* y$/u)
  })

  test('a known number is found inside a longer run of digits too', () => {
    expect(redacted('ref 9491701234567', identities)).toBe('ref 9[PHONE]')
    expect(redacted('ref 170123456799', identities)).toBe('ref [PHONE]99')
  })

  test('all spellings of one number have one pseudonym', () => {
    const options = { policy: defaultPolicy, key, identities }
    const of = (text: string): string => redactText(text, options).text
    const spellings = ['+491701234567', '0170 1234567', '0049-170-1234567', '+49 (0)170 1234567', '1234567']
    expect(new Set(spellings.map(of)).size).toBe(1)
  })

  test('other numbers stay', () => {
    const text = 'order 1709934567, 12345, 2024-05-01'
    expect(redacted(text, identities)).toBe(text)
  })

  test.each([
    ['mail ada.king@EXAMPLE.org', 'mail [EMAIL]'],
    ['root@localhost', '[EMAIL]'],
    ['ada dot king is ada.king', 'ada dot king is [EMAIL]'],
    ['at 12 main st, 90210 Beverly Hills', 'at [ADDRESS], [ADDRESS]'],
    ['in 90210 BEVERLY HILLS', 'in [ADDRESS]'],
    ['Beverly Hills, USA', 'Beverly Hills, USA'],
    ['id 3F2B77AA-91 and v2/iamessage/UNAUTH/NA/uid:3f2b77aa-91', 'id [PLATFORM_KEY] and [PLATFORM_KEY]'],
  ])('%j becomes %j', (text, expected) => expect(redacted(text, identities)).toBe(expected))
})

describe('whose identities', () => {
  test('participants, senders and participant changes with the role of an end user', () => {
    const identities = identitiesOf(
      aConversation({
        participants: [
          aParticipant('end-user', 'Ada Lovelace'),
          aParticipant('agent', 'Alan Turing'),
          aParticipant('bot', 'Robo'),
        ],
        entries: [
          anEntry(null, {
            sender: { role: 'end-user', appType: null, subject: '+4915112345678', displayName: 'Emmy Noether' },
          }),
          anEntry(null, {
            content: {
              type: 'participants',
              changes: [{ operation: 'add', role: 'end-user', displayName: 'Sofja Kowalewskaja' }],
            },
          }),
        ],
      }),
    )
    const text = 'Lovelace Noether Kowalewskaja Turing Robo 015112345678'
    expect(redacted(text, identities)).toBe('[NAME] [NAME] [NAME] Turing Robo [PHONE]')
    expect(
      redactText(text, {
        policy: { ...labels, agents: 'redact', types: { ...labels.types, AGENT: 'label' } },
        key,
        identities,
      }).text,
    ).toBe('[NAME] [NAME] [NAME] [AGENT] Robo [PHONE]')
  })

  test('an empty conversation has none', () => {
    expect(redacted('Grace', identitiesOf(aConversation()))).toBe('Grace')
  })

  test('replacements of an earlier pass are nobody', () => {
    const identities = identitiesOf(conversationWith({ name: '[NAME:k1:0123456789ab]', platformKey: '[PHONE]' }))
    expect(redacted('NAME phone k1', identities)).toBe('NAME phone k1')
  })
})

// Words long enough to be no ordinary ones, in scripts of all kinds.
const alphabets = [
  'abcdefghijklmnopqrstuvwxyzàéîõüßøłžçñ',
  'абвгдежзийклмнопрстуфхцчшщыэюя',
  'αβγδεζηθικλμνξοπρστυφχψω',
  'ابتثجحخدذرزسشصضطظعغفقكلمنهوي',
  '山田太郎王小明李金朴中村鈴木',
  '김민수이영희박',
  'กขคงจฉชซ',
]
const nameWord = fc
  .constantFrom(...alphabets)
  .chain((letters) => fc.string({ unit: fc.constantFrom(...letters), minLength: 3, maxLength: 9 }))
const capitalised = nameWord.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
const person = fc.record({
  words: fc.array(capitalised, { minLength: 1, maxLength: 4 }),
  email: fc
    .tuple(fc.stringMatching(/^[a-z]{3,8}\.[a-z]{3,8}$/), fc.constantFrom('example.org', 'mail.example.co.uk'))
    .map(([local, domain]) => `${local}@${domain}`),
  phone: fc
    .tuple(fc.constantFrom('+49', '+1', '+353', '+81'), fc.stringMatching(/^[1-9][0-9]{8,10}$/))
    .map((parts) => parts.join('')),
})
const filler = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('hello ', ' order 12345 ', 'Phone: ', 'x', '7', ''),
)
const border = fc.constantFrom(' ', '\n', ',', '.', '(', '"', "'", '_', '-', '😀', '<b>', '\u00a0')

const wordCharacter = '[\\p{L}\\p{M}]'

// With SLOW=1 it has many more cases than the usual time allows.
test('nothing of anybody is left, whoever they are and wherever they are named', { timeout: 180_000 }, () => {
  const spell = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toUpperCase(),
    (text) => text.normalize('NFD'),
  )
  const property = fc.property(
    person,
    fc.array(fc.tuple(filler, border, fc.nat(3), spell, border), { minLength: 1, maxLength: 5 }),
    filler,
    (somebody, places, last) => {
      const name = somebody.words.join(' ')
      const identities = identitiesOf(
        conversationWith({
          name,
          contact: { names: [], emails: [somebody.email], phones: [somebody.phone], addresses: [] },
        }),
      )
      const literals = [name, somebody.words.toReversed().join(', '), somebody.email, somebody.phone]
      const text =
        places
          .map(
            ([before, open, which, spelling, close]) =>
              `${before}${open}${spelling(literals[which] as string)}${close}`,
          )
          .join('') + last
      const rest = redacted(text, identities)
        .replaceAll(/\[[A-Z_]+\]/g, '\0')
        .normalize('NFC')
      const parts = [...somebody.words.filter((word) => word.length > 2), somebody.email, somebody.phone.slice(-8)]
      const standing = new RegExp(`(?<!${wordCharacter})(?:${parts.join('|')})(?!${wordCharacter})`, 'u')
      expect(standing.test(rest), 'something is left').toBe(false)
    },
  )
  fc.assert(property, { numRuns: process.env['SLOW'] ? 20_000 : 300 })
})
