import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Contender, program } from './measured-process.ts'

const custody = join(import.meta.dirname, '../../../custody')

/** A simulated org in a process of its own, with the export of its transcripts. */
export interface BulkOrg extends AsyncDisposable {
  readonly contenders: readonly Contender[]
}

/** Entries of a conversation of the simulated org, about. */
const entriesEach = 16

/** Starts an org of about so many entries; archives are made of its export, whole: census, reconciliation, redaction, tables, ZIP. */
export async function startBulkOrg(directory: string, entries: number): Promise<BulkOrg> {
  const folder = join(directory, 'bulk-org')
  rmSync(folder, { recursive: true, force: true })
  const [command = '', ...args] = program('chains/bulk-org.ts', folder, String(Math.ceil(entries / entriesEach)))
  const org = spawn(command, args, { stdio: 'ignore' })
  const config = join(folder, 'custody.config.yaml')
  while (!existsSync(config)) {
    if (org.exitCode !== null) throw new Error(`the simulated org ended with ${org.exitCode}`)
    await sleep(50)
  }
  const archives = join(folder, 'archives')
  const source = ['--source', 'transcript-export', '--export', join(folder, 'export')]
  // What an export holds nothing of is asked for by name: such an archive is whole.
  const window = ['--from', '2026-10-01', '--to', '2026-11-01', '--allow-fallback', 'conversation-data']
  const made = (name: string, ...flags: readonly string[]): Contender => ({
    name,
    command: [custody, 'archive', ...window, ...source, '--formats', 'csv', '--quiet', '--config', config, ...flags],
    before: () => {
      for (const left of [archives, join(folder, 'state')]) rmSync(left, { recursive: true, force: true })
    },
    bytes: () => globSync(join(archives, '*.zip')).reduce((sum, path) => sum + statSync(path).size, 0),
  })
  return {
    contenders: [
      made('as received, 1 job', '--redact', 'none', '--no-attachments', '--jobs', '1'),
      made('redacted, 1 job', '--redact', 'default', '--jobs', '1'),
      made('redacted, by default', '--redact', 'default'),
      made('redacted, 2 jobs', '--redact', 'default', '--jobs', '2'),
    ],
    async [Symbol.asyncDispose]() {
      const exit = once(org, 'exit')
      org.kill('SIGKILL')
      await exit
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
