// A stage of one's own: adds up how long each conversation took to get its first answer, and lets it pass.
import { entries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { from, mapRecords } from '@custody/pipeline'
import { census } from '@custody/records-source'
import { startDemoOrg } from './org/demo-org.ts'

interface Answered {
  readonly identifier: string
  readonly secondsToAnswer: number
}

const firstAnswer = mapRecords<Conversation, Answered>({
  name: 'first-answer',
  map: ({ identifier, entries }, { drop }) => {
    const asked = entries.find(({ kind, sender }) => kind === 'message' && sender.role === 'end-user')
    const answered = entries.find(
      ({ kind, sender, sentAt }) => kind === 'message' && sender.role === 'agent' && asked && sentAt > asked.sentAt,
    )
    // Nothing falls on the floor: what is left out is counted under a reason.
    if (!asked || !answered) return drop('never-answered')
    return { identifier, secondsToAnswer: (Date.parse(answered.sentAt) - Date.parse(asked.sentAt)) / 1000 }
  },
})

await using demo = await startDemoOrg(30)
const pipe = from(census(demo)).through(entries(demo)).through(firstAnswer)

let answered = 0
let seconds = 0
for await (const { records } of pipe.batches()) {
  answered += records.length
  seconds += records.reduce((sum, record) => sum + record.secondsToAnswer, 0)
}
console.log(`${answered} conversations were answered, after ${Math.round(seconds / answered)} seconds on average`)
