import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { usageError } from '@custody/pipeline'
import { type EvaluationData, fillTemplates, type LabelledSet, type PersonName } from './evaluation-data.ts'
import { typeNamed } from './labelled-text.ts'
import { readCsv } from './read-csv.ts'

/**
 * Reads a folder of evaluation data: `*.jsonl` with `{ text, spans: [{ s, e, t }] }` a line, offsets in UTF-16 code units;
 * CSV files with a column `text`, of messages without personal data; `*templates*.csv`, lines with a `{{Name}}` in them, for
 * the people of `*names*.csv` (`first_name`, `last_name`, `full_name`).
 *
 * @throws CustodyError `EVALUATION_DATA` of kind usage.
 */
export function readData(directory: string): EvaluationData {
  const names = readdirSync(directory).sort()
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
  const labelled = names.filter((name) => name.endsWith('.jsonl')).map((name) => readLabelled(name, read(name)))
  const tables = names.filter((name) => name.endsWith('.csv'))
  const templates = tables.filter((name) => name.includes('template')).flatMap((name) => readLines(read(name)))
  const people = tables.filter((name) => name.includes('name')).flatMap((name) => readPeople(read(name)))
  const clean = tables
    .filter((name) => !/template|name/.test(name))
    .map((name) => ({ name, texts: readTexts(read(name)) }))
  if (labelled.length + clean.length === 0) {
    throw usageError('EVALUATION_DATA', `${directory} has neither labelled texts (*.jsonl) nor messages (*.csv)`)
  }
  return { labelled, clean, chats: fillTemplates(templates, people) }
}

interface Row {
  readonly text: string
  readonly spans: readonly { readonly s: number; readonly e: number; readonly t: string }[]
}

function readLabelled(name: string, text: string): LabelledSet {
  const texts = readLines(text).map((line) => {
    const row = JSON.parse(line) as Row
    return { text: row.text, spans: row.spans.map(({ s, e, t }) => ({ start: s, end: e, type: typeNamed(t) })) }
  })
  return { name, texts }
}

function readLines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}

function readPeople(text: string): readonly PersonName[] {
  return readCsv(text).map((row) => {
    const [first = '', last = ''] = [row.get('first_name'), row.get('last_name')]
    return { first, last, full: row.get('full_name') || `${first} ${last}`.trim() }
  })
}

function readTexts(text: string): readonly string[] {
  return readCsv(text).flatMap((row) => row.get('text') ?? [])
}
