import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { newFile, opened, testKey, textOf } from './testing/journal-files.ts'

const rounds = process.env['SLOW'] ? 100 : 15

/** What stands under an id: of many lengths, so that frames end anywhere. */
const answerOf = (id: string): string => id.repeat(1 + (Number(id.split('-')[2]) % 700))

test(`killed ${2 * rounds} times while it puts: nothing that was acknowledged is missing`, {
  timeout: 300_000,
}, async () => {
  // Two journals at a time, since most of it is waiting for processes to begin.
  await Promise.all([1, 2].map(killAgainAndAgain))
})

async function killAgainAndAgain(seed: number): Promise<void> {
  const file = newFile()
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    const child = runModule(import.meta.url, putting(file, round))
    const lines = 1 + ((seed * 48_271 * (round + 1)) % 41)
    for (let line = 0; line < lines; line += 1) acknowledged.push((await child.line()) ?? 'it ended')
    const ended = child.kill()
    // Whatever it printed before it died was acknowledged too.
    for (let id = await child.line(); id !== null; id = await child.line()) acknowledged.push(id)
    await ended
    const journal = await opened(file)
    expect(journal.opening.takenOverFrom).toMatchObject({ pid: child.pid })
    for (const id of acknowledged) {
      if ((await textOf(journal, id)) !== answerOf(id)) throw new Error(`${id} is lost`)
    }
    // Those in flight when it was killed may be there.
    expect(journal.size.answers).toBeGreaterThanOrEqual(acknowledged.length)
    expect(journal.size.answers).toBeLessThanOrEqual(acknowledged.length + 3 * (round + 1))
    await journal.close()
  }
}

/** Puts in three lanes without end, and prints each id once it is acknowledged. */
function putting(file: string, round: number): string {
  return `
    import { openJournal } from './open-journal.ts'
    const journal = await openJournal({ file: ${JSON.stringify(file)}, key: Uint8Array.from([${testKey}]) })
    const answerOf = ${answerOf}
    const put = async (lane) => {
      for (let n = 0; ; n++) {
        const id = '${round}-' + lane + '-' + n * 13
        await journal.put(id, Buffer.from(answerOf(id)))
        console.log(id)
      }
    }
    await Promise.all([put(0), put(1), put(2)])`
}
