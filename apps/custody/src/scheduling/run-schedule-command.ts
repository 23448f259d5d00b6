import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { ScheduleFlags } from '../commands/schedule.ts'
import { loadConfig } from '../config/load.ts'
import { definitionsOf, type SchedulerName } from './definition-of.ts'

/** Runs `custody schedule`: prints the definitions, or writes them. */
export async function runScheduleCommand(
  scheduler: SchedulerName,
  flags: ScheduleFlags,
  context: CommandContext,
): Promise<void> {
  const console = context.console(flags)
  const definitions = definitionsOf(scheduler, flags, loadConfig(flags.config))
  const files = definitions.flatMap(({ files }) => Object.entries(files))
  console.event({ type: 'schedule-definition', scheduler, files: Object.fromEntries(files) })
  if (flags.into === undefined) console.data(printed(scheduler, files))
  else {
    for (const [path, text] of files) console.data(await write(join(flags.into, path), text))
  }
  const unprovided = [...new Set(definitions.flatMap((definition) => definition.unprovided))]
  if (unprovided.length === 0) return
  console.warn(`The runs need ${unprovided.join(', ')} in their environment, and the definition gives them none.`)
  console.warn("  → Write them as lines NAME='value' into a file only their user can read: --environment-file PATH")
}

/** All in one text that its scheduler takes as it is, or that is cut at the paths. */
function printed(scheduler: SchedulerName, files: readonly (readonly [path: string, text: string])[]): string {
  const texts = files.map(([path, text]) => `# ${path}\n${text}`)
  return texts.join(scheduler === 'kubernetes' ? '---\n' : '\n').trimEnd()
}

async function write(path: string, text: string): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return path
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'is there already' : `cannot be written (${code})`
    throw new CustodyError('SCHEDULE_FILE', `${path} ${why}.`, {
      kind: code === 'EEXIST' ? 'refused' : 'failure',
      cause: error,
      actions: [code === 'EEXIST' ? 'Compare the two, remove the old one, and run again.' : 'Name another directory.'],
    })
  }
}
