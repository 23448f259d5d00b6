import { commandSurface } from './command-surface.ts'
import { eventSurface } from './event-surface.ts'

/** What scripts rely on, by the file it is checked in as. A change shows in the review, and has to be meant. */
export function surfaceFiles(): ReadonlyMap<string, string> {
  const events = [...eventSurface()].map(([type, fields]) => [type, ...fields].join(' '))
  return new Map([
    ['docs/surface/commands.txt', commandSurface()],
    ['docs/surface/events.txt', `${events.join('\n')}\n`],
  ])
}
