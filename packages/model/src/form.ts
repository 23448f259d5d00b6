import { answerLists, fieldLists } from './assumptions.ts'
import type { FormField } from './content.ts'
import type { Json } from './entry.ts'
import { optionLine, readOption, readTitle } from './item.ts'
import { firstList, isObject, type JsonObject, toList, toObject, toText } from './json-parts.ts'
import { joinPresent, line, type Rendering, unknownShape } from './rendering.ts'
import { words } from './words.ts'

/** `FormMessage`: title, message and reply (often the same words), then the fields of its sections. */
export function readForm(form: JsonObject): Rendering {
  const fields = firstList(form, fieldLists).map(readField)
  if (fields.length === 0) return unknownShape(form)
  const headings = [form['formTitle'], form['message'], form['reply']].map(headingLine)
  return {
    lines: [
      toText(form['text']),
      ...new Set(headings),
      ...fields.flatMap((field) => [fieldLine(field), ...field.options.map(optionLine)]),
    ],
    content: { type: 'form', title: readTitle(form['formTitle']).title, fields },
  }
}

/** `FormResponseMessage`: the answers (`Inputs`), or what became of them (`Result`). */
export function readFormResponse(response: JsonObject): Rendering {
  const fields = firstList(response, answerLists).map(readField)
  if (fields.length === 0) return unknownShape(response)
  const result = isObject(response['result']) ? words(response['result']) : []
  return {
    lines: [toText(response['text']), headingLine(response['formTitle']), ...fields.map(fieldLine), ...result],
    content: { type: 'form-response', fields },
  }
}

function headingLine(value: Json | undefined): string | null {
  const { title, subtitle } = readTitle(value)
  return line(title, subtitle)
}

/** A field that asks (a section with its `input`, or the input itself) or one that answers (an input value). */
function readField(value: Json): FormField {
  const section = toObject(value)
  const input = isObject(section['input']) ? section['input'] : section
  const selected = toList(input['selectedOptions']).map(readOption)
  return {
    label: readTitle(input['inputLabel'] ?? input['label']).title,
    type: toText(input['inputType']) ?? toText(input['inputValueType']),
    value: toText(input['displayValue']) ?? readValue(input['value']) ?? joinPresent(selected.map(optionLine), ', '),
    options: selected.length > 0 ? selected : toList(input['optionItems']).map(readOption),
  }
}

/** `{"valueType":"TextValue","textValue":"…"}` (also `dateValue`, `integerValue` …), a bare value, or a list of options. */
function readValue(value: Json | undefined): string | null {
  for (const [key, part] of Object.entries(toObject(value))) {
    if (key.endsWith('Value') && toText(part) !== null) return toText(part)
  }
  return (
    toText(value) ??
    joinPresent(
      toList(value).map((option) => optionLine(readOption(option))),
      ', ',
    )
  )
}

function fieldLine(field: FormField): string | null {
  return joinPresent([field.label, field.value], ': ')
}
