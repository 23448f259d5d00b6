import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readData } from './read-data.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-evaluation-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

test('a folder of labelled texts, clean messages and chats', () => {
  write('a.jsonl', '{"text":"my ssn: 078-05-1120","spans":[{"s":8,"e":19,"t":"SSN"}]}\n')
  write('clean.csv', 'text,category\r\n"one, ""two""",x\r\nthree,y\r\n')
  write('some-names.csv', 'first_name,last_name,full_name\nAda,Byron,Ada K. Byron\nBo,Ek,\n')
  write('some-templates.csv', 'hi {{Name}}!\n\n')
  const { labelled, clean, chats } = readData(folder)
  expect(labelled).toEqual([
    {
      name: 'a.jsonl',
      texts: [{ text: 'my ssn: 078-05-1120', spans: [{ start: 8, end: 19, type: 'NATIONAL_ID' }] }],
    },
  ])
  expect(clean).toEqual([{ name: 'clean.csv', texts: ['one, "two"', 'three'] }])
  expect(chats.map(({ text }) => text)).toEqual(['hi Ada K. Byron!', 'hi Bo Ek!'])
})

test('a folder without any is a mistake', () => {
  expect(() => readData(folder)).toThrow(expect.objectContaining({ code: 'EVALUATION_DATA' }))
})
