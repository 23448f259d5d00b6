import { leastSkewMs, type Skew } from './clock-watch.ts'
import { type Finding, fail, ok, skipped, warn } from './finding.ts'
import { minutes } from './words.ts'

/** Beyond this, ends of windows and times in the audit log are off by more than anybody expects. */
const noticeableMs = 10_000

/** Beyond this, assertions may have expired when they arrive, and a window may be taken for past that is not. */
const harmfulMs = 120_000

/** The clock of this machine against that of the org. */
export function checkClock(skew: Skew | null): Finding {
  if (skew === null) return skipped('no answer of the org told the time')
  const ms = leastSkewMs(skew)
  if (Math.abs(ms) <= noticeableMs)
    return ok(ms === 0 ? 'agrees with that of the org' : `within ${minutes(ms)} of that of the org`)
  const message = `The clock of this machine is ${minutes(ms)} ${ms > 0 ? 'behind' : 'ahead of'} that of the org.`
  const action = 'Set the clock: switch on NTP (timedatectl set-ntp true).'
  return Math.abs(ms) > harmfulMs ? fail('CLOCK_WRONG', message, action) : warn('CLOCK_OFF', message, action)
}
