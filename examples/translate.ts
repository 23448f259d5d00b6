// A stage that asks a service for each message: a few conversations at a time, in order, and stopped with everything else.
import { entries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { from, mapRecords, type Stage } from '@custody/pipeline'
import { census } from '@custody/records-source'
import { startDemoOrg } from './org/demo-org.ts'

interface Translator {
  translate(text: string, signal: AbortSignal): Promise<string>
}

function translate(translator: Translator): Stage<Conversation, Conversation> {
  return mapRecords({
    name: 'translate',
    concurrency: 4,
    // Nothing is changed in place: whoever reads the original elsewhere still has it.
    map: async (conversation, { signal }) => ({
      ...conversation,
      entries: await Promise.all(
        conversation.entries.map(async (entry) =>
          entry.text === null ? entry : { ...entry, text: await translator.translate(entry.text, signal) },
        ),
      ),
    }),
  })
}

/** Stands for a service: every word backwards. */
const backwards: Translator = {
  translate: async (text) => text.replace(/\p{L}+/gu, (word) => [...word].reverse().join('')),
}

await using demo = await startDemoOrg(10)
const pipe = from(census(demo)).through(entries(demo)).through(translate(backwards))

let messages = 0
for await (const { records } of pipe.batches()) {
  for (const { entries } of records) messages += entries.filter(({ text }) => text !== null).length
}
console.log(`${messages} messages translated`)
