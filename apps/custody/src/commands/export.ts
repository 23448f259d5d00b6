import { tmpdir } from 'node:os'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'

interface InspectFlags extends TalkOptions {
  readonly mapping?: string
}

/** `custody export inspect`. */
export function exportCommand(context: CommandContext): Command {
  const command = new Command('export').description('Look into exports that Salesforce made.')
  const inspect = command
    .command('inspect')
    .description('Say what files of an export hold, and propose a mapping. Prints names and numbers, no content.')
    .argument('<files...>', 'ZIPs, folders or files: all parts of one export')
    .addOption(flag('--mapping <file>', 'a mapping to begin with'))
  for (const option of talkFlags()) inspect.addOption(option)
  inspect.action((paths: readonly string[], flags: InspectFlags) => inspectExport(paths, flags, context))
  return command
}

async function inspectExport(paths: readonly string[], flags: InspectFlags, context: CommandContext): Promise<void> {
  const { classicExport, isClassicPart, proposeMapping } = await import('@custody/export-source')
  const { readMapping } = await import('../archive-job/read-mapping.ts')
  const console = context.console(flags)
  const directory = tmpdir()
  const { signal } = context
  if (paths.some((path) => isClassicPart(path))) {
    const inventory = await classicExport({ paths, directory, allowMissingParts: true }).inventory(signal)
    console.event({ type: 'classic-export', ...inventory })
    console.data(`A classic Data Export of ${inventory.orgId}: it holds no text of messaging conversations.`)
    console.data(`parts ${inventory.parts.join(', ')}${missing(inventory.missingParts)}`)
    for (const { object, rows, malformedRows } of inventory.objects) {
      console.data(`  ${object}: ${rows} rows${malformedRows > 0 ? `, ${malformedRows} of them unreadable` : ''}`)
    }
    console.data(`  ${inventory.otherFiles} other files`)
    return
  }
  const mapping = readMapping(flags.mapping)
  const { files, mapping: proposal } = await proposeMapping({ paths, directory, signal, ...(mapping && { mapping }) })
  for (const { name, table } of files) {
    console.event({ type: 'export-file', name, table })
    if (table === null) {
      console.data(`${name}: no table`)
      continue
    }
    const { format, encoding, delimiter, rows, malformedRows, columns, missing: lacks, timesWithoutOffset } = table
    console.data(
      `${name}: ${format}, ${encoding}${delimiter === null ? '' : `, delimiter ${JSON.stringify(delimiter)}`}`,
    )
    console.data(`  ${rows} rows${malformedRows > 0 ? `, ${malformedRows} of them unreadable` : ''}`)
    for (const column of columns) console.data(`  ${column.name} -> ${column.field ?? 'nothing'}`)
    if (timesWithoutOffset > 0)
      console.data(`  ${timesWithoutOffset} times without an offset: set offset in the mapping`)
    if (lacks.length > 0) console.data(`  is no table of entries: lacks ${lacks.join(', ')}`)
  }
  console.event({ type: 'export-mapping', mapping: proposal })
  console.data('')
  console.data('A mapping file to start from (--mapping FILE):')
  console.data('')
  console.data(proposal.trimEnd())
}

function missing(parts: readonly number[]): string {
  return parts.length === 0 ? '' : `; missing: ${parts.join(', ')}`
}
