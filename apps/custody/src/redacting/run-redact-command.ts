import { open, stat } from 'node:fs/promises'
import { CustodyError, usageError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import { createRunId } from '../archive-job/run-id.ts'
import type { CommandContext } from '../command-context.ts'
import type { RedactFlags } from '../commands/redact.ts'
import { effectiveArchive, oneOf } from '../config/effective.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { jobsOf } from '../jobs.ts'
import { version } from '../version.ts'
import { fileFormats, formatOf } from './file-format.ts'
import { openVault } from './open-vault.ts'
import { peopleOf, peopleTextOf } from './read-input.ts'
import { readPolicy } from './read-policy.ts'
import { type RedactedArchive, redactArchive } from './redact-archive.ts'
import { type RedactedFile, redactFile } from './redact-file.ts'
import { readRedactionKey } from './redaction-key.ts'

const tool = `custody/${version} node/${process.versions.node}`

/** Runs `custody redact FILE|ARCHIVE`. */
export async function runRedactCommand(path: string, flags: RedactFlags, context: CommandContext): Promise<ExitCode> {
  const { env, clock, signal } = context
  const console = context.console(flags)
  const policy = readPolicy(required(flags.policy, '--policy', 'a policy file, "default", or the name of a preset'))
  const directory = required(flags.out, '--out', 'the directory for the redacted copy')
  const jobs = jobsOf(flags)
  const vault = await openVault(policy, flags, env)
  try {
    const job = { path, directory, policy, vault, jobs, runId: createRunId(clock), tool, signal }
    if (await isArchive(path)) {
      assertNone(flags, ['columns', 'format'], 'an archive')
      const archives = { directory, formats: ['jsonl'], container: 'zip', allowCounted: true } as const
      const { container, formats } = effectiveArchive(archives, flags)
      const done = await redactArchive({
        ...job,
        people: peopleTextOf(flags),
        container,
        formats,
        config: flags.config,
        env,
        clock,
        keyOf: (org) => readRedactionKey({ ...flags, org: flags.org ?? org }, env),
        onProgress: (through, of) => console.redraw(`${count(through)}/${count(of)} conversations`),
      })
      return showArchive(done, console)
    }
    const format = flags.format === undefined ? formatOf(path) : oneOf(flags.format, fileFormats, '--format')
    if (format === 'text') assertNone(flags, ['columns'], 'plain text')
    const columns = flags.columns?.split(',').map((name) => name.trim()) ?? null
    return showFile(
      await redactFile({ ...job, ...peopleOf(flags), ...readRedactionKey(flags, env), format, columns }),
      console,
    )
  } finally {
    console.redraw('')
    await vault?.close()
  }
}

/** A folder, or a ZIP by its first bytes. */
async function isArchive(path: string): Promise<boolean> {
  const present = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CustodyError('REDACT_FILE', `${path} cannot be read (${cause.code ?? 'unknown'}).`, {
      kind: 'not-found',
      cause,
      actions: ['Check the path and its permissions.'],
    })
  })
  if (present.isDirectory()) return true
  await using handle = await open(path, 'r')
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
  return buffer.toString('latin1') === 'PK\x03\x04'
}

function required(value: string | undefined, name: string, what: string): string {
  if (value !== undefined) return value
  throw usageError('OPTION_MISSING', `${name} is missing.`, `Name ${what}.`)
}

function assertNone(flags: RedactFlags, names: readonly (keyof RedactFlags)[], what: string): void {
  const given = names.find((name) => flags[name] !== undefined)
  if (given === undefined) return
  throw usageError('OPTION_MEANINGLESS', `--${given} has no meaning for ${what}.`, `Leave --${given} out.`)
}

function showFile(done: RedactedFile, console: Console): ExitCode {
  console.event({ type: 'file-redacted', ...done })
  console.data(done.path)
  console.talk(
    `${count(done.redactions)} replacements in ${count(done.recordsTouched)} of ${count(done.records)} records${types(done.redactionsByType)}.`,
  )
  console.talk(`Where they stand, without what stood there: ${done.findings}; what was done: ${done.report}`)
  console.talk(
    'Names of people are found only where a list of the policy has them. This is pseudonymised, not anonymous.',
  )
  return exitCodes.done
}

function showArchive({ result, filesLeftOut, sealing }: RedactedArchive, console: Console): ExitCode {
  const { path, verdict, counts } = result
  console.event({ type: 'archive-redacted', ...result, filesLeftOut })
  console.data(path)
  const redactions = Object.values(counts.redactionsByType).reduce((sum, each) => sum + each, 0)
  console.talk(
    `${count(redactions)} replacements in ${count(counts.conversations)} conversations${types(counts.redactionsByType)}.`,
  )
  if (filesLeftOut > 0) console.warn(`${count(filesLeftOut)} files are left out: nobody looked into them.`)
  console.talk(
    sealing === null
      ? 'It bears no seal: nobody can tell later who made it.'
      : `It is sealed by ${sealing.fingerprint}, in the chain of copies by this policy.`,
  )
  if (verdict === 'incomplete') {
    console.warn('verdict: INCOMPLETE — what is missing or not proven is listed in data/reports/gaps.csv of the copy')
    return exitCodes.incomplete
  }
  if (!sealing?.unstamped) return exitCodes.done
  console.warn(`The seal bears no timestamp: ${sealing.unstamped.message} [${sealing.unstamped.code}]`)
  return exitCodes.incomplete
}

function types(byType: Readonly<Record<string, number>>): string {
  const parts = Object.entries(byType).map(([type, number]) => `${count(number)} ${type}`)
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}
