import { describe, expect, test } from 'vitest'
import { findSpans } from './find-spans.ts'
import type { Rejected } from './personal-data-type.ts'

const found = (text: string, before = ''): string[] =>
  findSpans(text, { before }).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)
const detected = (text: string): string[] =>
  findSpans(text).map(({ detector, start, end }) => `${detector} ${text.slice(start, end)}`)

// Made up to the rules, or published by the issuers as examples.
describe('national ids that prove themselves', () => {
  test.each([
    ['us-ssn', '460-89-9847'],
    ['us-itin', '912-78-1234'],
    ['br-cpf', '529.982.247-25'],
    ['br-cnpj', '11.222.333/0001-81'],
    ['mx-curp', 'HEGG560427MVZRRL04'],
    ['gb-nino', 'AB123456C'],
    ['gb-nino', 'AB 12 34 56 C'],
    ['de-steuer-id', '86 095 742 719'],
    ['de-rentenversicherung', '65170839J003'],
    ['fr-nir', '255081416802538'],
    ['fr-nir', '2 55 08 14 168 025 38'],
    ['es-dni', '12345678Z'],
    ['es-dni', '12345678-Z'],
    ['es-nie', 'X1234567L'],
    ['it-codice-fiscale', 'RSSMRA85T10A562S'],
    ['se-personnummer', '811218-9876'],
    ['dk-cpr', '311299-1234'],
    ['fi-hetu', '131052-308T'],
    ['no-fodselsnummer', '15088500188'],
    ['be-rijksregister', '85.07.30-033.28'],
    ['ie-pps', '1234567T'],
    ['ch-ahv', '756.9217.0769.85'],
    ['cz-rodne-cislo', '736028/5163'],
    ['in-aadhaar', '2341 2341 2346'],
    ['in-pan', 'ABCPE1234F'],
    ['au-abn', '51 824 753 556'],
    ['cn-resident-id', '11010519491231002X'],
  ])('%s %j', (rule, id) => {
    expect(detected(`Hello ${id}, bye`)).toEqual([`${rule} ${id}`])
    expect(detected(`order ${id}`)).not.toContain(`${rule} ${id}`)
  })
})

describe('national ids that a word tells', () => {
  test.each([
    ['ca-sin', 'My SIN is 130 692 544'],
    ['gb-nhs', 'NHS number 943 476 5919'],
    ['br-cpf', 'CPF 52998224725'],
    ['nl-bsn', 'BSN: 111222333'],
    ['pl-pesel', 'PESEL 44051401359'],
    ['pt-nif', 'o meu NIF é 123456789'],
    ['at-svnr', 'SVNR 1237010180'],
    ['ro-cnp', 'CNP 1800101221144'],
    ['bg-egn', 'ЕГН 7523169263'],
    ['hr-oib', 'OIB 94577403194'],
    ['hu-taj', 'TAJ 123 456 788'],
    ['si-emso', 'EMŠO 0101006500006'],
    ['ee-isikukood', 'isikukood 37605030299'],
    ['jp-my-number', 'マイナンバー 123456789018'],
    ['au-tfn', 'TFN 123 456 782'],
    ['au-medicare', 'Medicare 2123456701'],
    ['us-ssn', '460899847 is my SSN'],
  ])('%s in %j', (rule, text) => {
    const [id = ''] = detected(text)
    expect(id.startsWith(`${rule} `)).toBe(true)
    expect(detected(id.slice(rule.length + 1))).not.toContain(id)
  })
})

test.each([
  'SSN 000-12-3456',
  'SSN 666-12-3456',
  'SSN 123-00-3456',
  '123-45-6789-0',
  'CPF 529.982.247-26',
  'BSN 111222334',
  'QQ123456C',
  '12345678A',
  'RSSMRA85T10A562T',
  'AHV 756.9217.0769.86',
])('%j is no national id', (text) => {
  expect(found(text).filter((span) => /NATIONAL_ID|TAX_ID/.test(span))).toEqual([])
})

describe('addresses of machines', () => {
  test.each([
    ['IP_ADDRESS', '106.31.73.20'],
    ['IP_ADDRESS', '6e40:4041:c617:e898:c11:40d2:c669:2eb4'],
    ['IP_ADDRESS', '2001:db8::1'],
    ['IP_ADDRESS', 'fe80::1ff:fe23:4567:890a'],
    ['IP_ADDRESS', '2001:db8::192.0.2.1'],
    ['MAC_ADDRESS', '00:1B:44:11:3A:B7'],
    ['MAC_ADDRESS', '00-1b-44-11-3a-b7'],
    ['MAC_ADDRESS', '001b.4411.3ab7'],
    ['URL', 'www.example.org/a'],
  ])('%s %j', (type, text) => {
    expect(found(`at ${text}, please`)).toEqual([`${type} ${text}`])
  })
  test.each([
    'version 10.2.3.4',
    'v1.2.3.4',
    '1.2.3.4.5',
    '256.1.1.1',
    '10:30:45',
    '::1',
    'std::string',
    '1:2:3:4:5:6:7:8:9',
    '00:11:22:33:44:55:66',
  ])('%j is none', (text) => expect(found(text)).toEqual([]))
})

describe('what words tell', () => {
  test.each([
    ['I was born on 7/30/1964.', 'DATE_OF_BIRTH 7/30/1964'],
    ['DOB: 1985-03-12', 'DATE_OF_BIRTH 1985-03-12'],
    ['my birthday is 12 March 1985', 'DATE_OF_BIRTH 12 March 1985'],
    ['born March 12, 1985', 'DATE_OF_BIRTH March 12, 1985'],
    ['geboren am 12. März 1985', 'DATE_OF_BIRTH 12. März 1985'],
    ['生年月日は1985年3月12日です', 'DATE_OF_BIRTH 1985年3月12日'],
    ['Passport number: X1234567', 'PASSPORT X1234567'],
    ['Reisepass C01X00T47', 'PASSPORT C01X00T47'],
    ["my driver's license number is F162823540116", 'DRIVING_LICENCE F162823540116'],
    ["driver's licence D123-4567-8901", 'DRIVING_LICENCE D123-4567-8901'],
    ['account number 12345678', 'BANK_ACCOUNT 12345678'],
    ['sort code 12-34-56', 'BANK_ACCOUNT 12-34-56'],
    ['my PIN is 4711', 'SECRET 4711'],
    ['CVV: 123', 'SECRET 123'],
    ['password is Tr0ub4dor&3', 'SECRET Tr0ub4dor&3'],
    ['Password: hunter2 thanks', 'SECRET hunter2'],
    ['I live at 123 Main St, Springfield, IL 62704', 'ADDRESS 123 Main St, Springfield, IL 62704'],
    ['12 rue de la Paix', 'ADDRESS 12 rue de la Paix'],
    ['Hauptstraße 12a, 10115 Berlin', 'ADDRESS Hauptstraße 12a, 10115 Berlin'],
  ])('%j', (text, expected) => expect(found(text)).toEqual([expected]))

  test.each([
    'delivered on 7/30/2024',
    'I need my passport by 2024-05-01',
    'my password is not working',
    'Why is my PIN blocked since 2023?',
    'the password is wrong',
    'my account was charged $117.00',
    'in 2 weeks on Main Street',
  ])('%j is none', (text) => expect(found(text)).toEqual([]))

  test('the label of a field', () => {
    expect(found('4711', 'PIN')).toEqual(['SECRET 4711'])
    expect(found('7/30/1964', 'Date of birth')).toEqual(['DATE_OF_BIRTH 7/30/1964'])
    expect(found('460899847', 'Social security number')).toEqual(['NATIONAL_ID 460899847'])
  })
})

describe('a street before its number', () => {
  const names = ['Paix', 'de la Paix', "d'Italie", "de l'Europe", 'dos Santos Silva', 'Victor Hugo Martin']
  const leading = ['rue', 'Rue', 'Calle', 'via', 'Piazza', 'Praça', 'travessa', 'Avenida']
  test.each(leading.flatMap((kind) => names.map((name) => `${kind} ${name} 12`)))('%s', (street) => {
    expect(found(`to ${street}, please`)).toEqual([`ADDRESS ${street}`])
  })
  test.each(['Hauptstraße', 'Musterweg', 'Alte Gasse', 'Kungsgatan', 'Dorpsstraat', 'Hauptstr.', 'Neue-Allee'])(
    '%s',
    (street) => {
      const [span] = findSpans(`to ${street} 12, please`)
      expect(span).toMatchObject({ type: 'ADDRESS', detector: 'address-number-last' })
    },
  )
  // Whatever stands before the kind of street: only a letter or a digit makes it a part of something else.
  test.each([
    '"Hauptstraße 5"',
    '\tHauptstraße 5',
    "on'rue St 5",
    '39-rue Apt 44',
    '95366943\u200bPiazza St 7638',
    'x\nrue Paix, 7',
  ])('%j', (text) => {
    expect(findSpans(text).map(({ type }) => type)).toContain('ADDRESS')
  })
  test.each(['the team Blue 12', 'Apartment Nine 12', 'Morue Paix 12', 'rue paix 12', 'rue Paix\n12'])(
    'not %j',
    (text) => expect(found(text)).toEqual([]),
  )
})

describe('secrets by their prefix', () => {
  const random = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  // Put together here, so that no scanner takes this file for a leak.
  test.each([
    ['aws-access-key', `AKIA${'ABCDEFGH2345WXYZ'}`],
    ['github-token', `ghp_${random.slice(0, 36)}`],
    ['slack-token', `xoxb-${random.slice(26, 36)}-${random.slice(0, 24)}`],
    ['stripe-key', `sk_live_${random.slice(0, 24)}`],
    ['google-api-key', `AIza${random.slice(0, 35)}`],
    ['json-web-token', `eyJ${random.slice(0, 17)}.eyJ${random.slice(0, 20)}.${random.slice(0, 43)}`],
    ['salesforce-session', `00D${random.slice(20, 32)}!AQ${random.slice(0, 40)}`],
    ['private-key', `-----BEGIN PRIVATE KEY-----\n${random}\n-----END PRIVATE KEY-----`],
  ])('%s', (name, secret) => expect(detected(`it is ${secret}`)).toEqual([`${name} ${secret}`]))
})

test('countries narrow the search for national ids', () => {
  const types = (text: string, countries: string[]): string[] =>
    findSpans(text, { countries: new Set(countries) }).map(({ detector }) => detector)
  expect(types('460-89-9847', ['US'])).toEqual(['us-ssn'])
  expect(types('460-89-9847', ['DE'])).toEqual([])
  expect(types('12345678Z', ['ES'])).toEqual(['es-dni'])
  expect(types('12345678Z', ['US'])).toEqual([])
})

test('detectors of a policy are searched beside the built-in ones', () => {
  const detector = {
    name: 'order-number',
    find: (text: string) =>
      Array.from(text.matchAll(/ORD-\d+/g), ({ index, 0: match }) => ({
        start: index,
        end: index + match.length,
        type: 'ORDER_NUMBER',
        detector: 'order-number',
        score: 1,
        value: match,
      })),
  }
  const spans = findSpans('ORD-1234567890 of ada@example.org, ORD-7', { custom: [detector] })
  expect(spans.map(({ type }) => type)).toEqual(['ORDER_NUMBER', 'EMAIL', 'ORDER_NUMBER'])
})

test('what is read and left alone is told, with the reason', () => {
  const reasons = (text: string): string[] => {
    const rejected: Rejected[] = []
    findSpans(text, { onRejected: (candidate) => rejected.push(candidate) })
    return rejected.map(({ type, reason, start, end }) => `${type} ${reason} ${text.slice(start, end)}`)
  }
  expect(reasons('card 4111111111111112')).toEqual(['CARD check-digit 4111111111111112'])
  expect(reasons('SSN 000-12-3456')).toContain('NATIONAL_ID check-digit 000-12-3456')
  expect(reasons('on 2024-05-01')).toEqual(['PHONE date 2024-05-01'])
  expect(reasons('order 541-714-1388')).toContain('PHONE other-context 541-714-1388')
  expect(reasons('nothing')).toEqual([])
})
