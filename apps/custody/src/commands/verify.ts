import type { VerifyReport } from '@custody/archive'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'
import { showError } from '../show-error.ts'

interface VerifyFlags extends TalkOptions {
  readonly files?: boolean
}

/** `custody verify`. */
export function verifyCommand(context: CommandContext): Command {
  const command = new Command('verify')
    .description('Check archives: every file, every hash, nothing missing, nothing extra.')
    .argument('<archive...>', 'folders or ZIP files')
    .addOption(flag('--files', 'print a line for each file: = as listed, * changed, - missing, + extra, ! refused'))
  for (const option of talkFlags()) command.addOption(option)
  return command.action((archives: readonly string[], flags: VerifyFlags) => verifyAll(archives, flags, context))
}

async function verifyAll(archives: readonly string[], flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { verify } = await import('@custody/archive')
  const console = context.console(flags)
  let worst: ExitCode = exitCodes.done
  for (const path of archives) {
    try {
      const report = await verify(path, {
        signal: context.signal,
        onFile: ({ status, path: file }) => flags.files && console.data(`${symbols[status]} ${file}`),
      })
      showReport(path, report, console)
      if (report.findings.length > 0) worst = Math.max(worst, exitCodes.findings) as ExitCode
    } catch (error) {
      // One that cannot be read does not keep the others from being checked.
      if (context.signal.aborted || archives.length === 1) throw error
      showError(error, console, flags)
      worst = Math.max(worst, exitCodeOf(error)) as ExitCode
    }
  }
  context.end(worst)
}

function showReport(path: string, report: VerifyReport, console: Console): void {
  for (const finding of report.findings) {
    console.event({ type: 'finding', archive: path, ...finding })
    console.data(`${finding.code}  ${finding.path ?? ''}  ${finding.message}`.trimEnd())
  }
  const { findings, ...counts } = report
  console.event({ type: 'archive-verified', archive: path, ...counts, findings: findings.length })
  const outcome = findings.length === 0 ? 'valid' : `${findings.length} finding${findings.length === 1 ? '' : 's'}`
  console.data(`${path}: ${outcome} (${report.files} files, ${report.bytes} bytes checked)`)
}

const symbols = { listed: '=', changed: '*', missing: '-', extra: '+', refused: '!' } as const
