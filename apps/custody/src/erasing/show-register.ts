import { dayOf, isDay, register, registerCsv, registerSince } from '@custody/erasure'
import { usageError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { EraseRegisterFlags } from '../commands/erase-requests.ts'
import { lookIntoErasures } from './open-erasures.ts'

/** Runs `custody erase register`. */
export async function showRegister(flags: EraseRegisterFlags, context: CommandContext): Promise<void> {
  const console = context.console(flags)
  const since = flags.since ?? registerSince(dayOf(context.clock.now()))
  if (!isDay(since)) throw usageError('OPTION_MALFORMED', '--since needs a day, written 2026-11-21.')
  await using erasures = await lookIntoErasures(flags, context)
  const rows = erasures === null ? [] : register(await erasures.store.requests(), await erasures.store.targets(), since)
  for (const row of rows) console.event({ type: 'erase-register-row', ...row })
  for (const line of registerCsv(rows).trimEnd().split('\n')) console.data(line)
  console.event({ type: 'erase-register', since, rows: rows.length })
}
