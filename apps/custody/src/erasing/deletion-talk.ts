import type { ErasureRunEvent } from '@custody/erasure'
import type { Clock } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { Console } from '../console.ts'

/** A wait that is shorter than this is not worth a word. */
const worthTellingMs = 60_000
const plainLineEveryMs = 10_000

/** Tells how deletions go: each step of a target to programs, how far it is to people. */
export function deletionTalk(console: Console, clock: Clock): (event: ErasureRunEvent) => void {
  let shownAt = clock.now()
  return (event) => {
    console.event({ ...event })
    if (event.type === 'deletion-wait' && event.waitMs >= worthTellingMs) {
      const until = new Date(clock.now() + event.waitMs).toISOString().slice(0, 19)
      console.talk(
        `${event.user}: its hour is used up, goes on at ${until}Z. Ctrl-C stops it safely; run again to go on.`,
      )
    }
    if (event.type !== 'deletion-progress') return
    const line = `${count(event.done)} of ${count(event.of)} records are through`
    if (console.live) console.redraw(line)
    else if (clock.now() - shownAt >= plainLineEveryMs) {
      shownAt = clock.now()
      console.talk(line)
    }
  }
}
