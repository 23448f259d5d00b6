// Speed of @custody/redact beside others: pnpm bench:redact [--data DIR] [--rounds N]. Ends with 4 when a goal is missed.
import { parseArgs } from 'node:util'
import type { Contender } from './contenders/contender.ts'
import { custody, custodyLabels } from './contenders/custody.ts'
import { oneRegExp } from './contenders/one-reg-exp.ts'
import { openredaction } from './contenders/openredaction.ts'
import { phoneFinder } from './contenders/phone-finder.ts'
import { redactPii } from './contenders/redact-pii.ts'
import { redactpiiNode } from './contenders/redactpii-node.ts'
import { corpusOf } from './corpus.ts'
import { generateData } from './generated/generate-data.ts'
import { hostileTexts } from './hostile-texts.ts'
import { print } from './print.ts'
import { readData } from './read-data.ts'
import { table } from './table.ts'
import { computedMs, median, type Timed, timeInterleaved } from './timing.ts'

const characters = 200_000
const hostileLength = 50_000
const hostileLimitMs = 10
/** "At most about doubles". Below a tenth of a millisecond it is the clock that is measured. */
const growthLimit = 2.5
const negligibleMs = 0.1
const tickMs = 20

/** How many times as fast ours has to be. */
const goals: Readonly<Record<string, number>> = { 'one RegExp': 4, '@redactpii/node': 6, 'redact-pii': 50 }

const options = { data: { type: 'string' }, rounds: { type: 'string', default: '7' } } as const
const { values } = parseArgs({ options })
const rounds = Math.max(5, Number(values.rounds))
const missed: string[] = []

const contenders = [
  custodyLabels(),
  custody(),
  oneRegExp(),
  redactpiiNode(),
  await redactPii(),
  phoneFinder(),
  await openredaction(),
]
print(await speeds(contenders))
print(`\n${hostile(custody())}`)
print(missed.length === 0 ? '\nEvery goal is reached.' : `\nMissed:\n${missed.map((each) => `  ${each}`).join('\n')}`)
process.exitCode = missed.length === 0 ? 0 : 4

async function speeds(all: readonly Contender[]): Promise<string> {
  const corpus = corpusOf(values.data === undefined ? generateData() : readData(values.data), characters)
  const megabytes = corpus.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6
  const times = await timeInterleaved(
    all.map((contender) => overCorpus(contender, corpus)),
    { rounds, atLeastMs: 150 },
  )
  // Labels against labels: pseudonyms cost a digest each, which no other makes; they have a row of their own.
  const own = median(times.get('custody, labels') ?? [])
  const rows = all.map(({ name }) => {
    const each = times.get(name) ?? []
    const ratio = median(each) / own
    const goal = goals[name]
    if (goal !== undefined && ratio < goal) missed.push(`${ratio.toFixed(1)} times the speed of ${name}, not ${goal}`)
    const speed = (ms: number): string => (megabytes / (ms / 1000)).toFixed(2)
    const range = `${speed(Math.max(...each))}-${speed(Math.min(...each))}`
    return [name, speed(median(each)), range, `${ratio.toFixed(1)}x`, goal === undefined ? '' : `${goal}x`]
  })
  const title = `${corpus.length} messages, ${megabytes.toFixed(2)} MB, one thread; medians of ${rounds} interleaved runs`
  return `${title}\n\n${table([['', 'MB/s', 'range', 'ours is', 'goal'], ...rows])}`
}

function overCorpus({ name, redact, redactNow }: Contender, corpus: readonly string[]): Timed {
  if (redactNow) {
    return {
      name,
      run: () => {
        for (const text of corpus) redactNow(text)
      },
    }
  }
  return {
    name,
    run: async () => {
      for (const text of corpus) await redact(text)
    },
  }
}

/** The fastest of several runs: what the text costs, and not what else the machine was doing. */
function hostile({ redactNow }: Contender): string {
  const longer = hostileTexts(2 * hostileLength)
  const rows = [...hostileTexts(hostileLength)].map(([name, text]) => {
    const once = fastest(text)
    const twice = fastest(longer.get(name) ?? '')
    const growth = twice / Math.max(once, negligibleMs)
    if (once > hostileLimitMs) missed.push(`hostile, ${name}: ${once.toFixed(1)} ms`)
    if (growth > growthLimit && twice > negligibleMs) missed.push(`hostile, ${name}: grows ${growth.toFixed(1)} times`)
    return [name, once.toFixed(2), twice.toFixed(2), `${growth.toFixed(1)}x`]
  })
  const header = ['', `${hostileLength} (ms)`, `${2 * hostileLength} (ms)`, 'growth']
  return `Hostile texts, by characters; at most ${hostileLimitMs} ms, and growth of about 2\n\n${table([header, ...rows])}`

  function fastest(text: string): number {
    const startedAt = performance.now()
    redactNow?.(text)
    // The clock of computed time ticks in milliseconds: what is faster is run more often.
    const repeats = Math.ceil(tickMs / Math.max(0.005, performance.now() - startedAt))
    const times = Array.from({ length: rounds }, () => {
      const from = computedMs()
      for (let repeat = 0; repeat < repeats; repeat++) redactNow?.(text)
      return (computedMs() - from) / repeats
    })
    return Math.min(...times)
  }
}
