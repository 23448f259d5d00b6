import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { exitCodes } from '../exit-code.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'

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
  for (const path of archives) {
    const report = await verify(path, {
      signal: context.signal,
      onFile: ({ status, path: file }) => flags.files && console.data(`${symbols[status]} ${file}`),
    })
    for (const finding of report.findings) {
      console.event({ type: 'finding', archive: path, ...finding })
      console.data(`${finding.code}  ${finding.path ?? ''}  ${finding.message}`.trimEnd())
    }
    const { findings, ...counts } = report
    console.event({ type: 'archive-verified', archive: path, ...counts, findings: findings.length })
    const outcome = findings.length === 0 ? 'valid' : `${findings.length} finding${findings.length === 1 ? '' : 's'}`
    console.data(`${path}: ${outcome} (${report.files} files, ${report.bytes} bytes checked)`)
    if (findings.length > 0) context.end(exitCodes.findings)
  }
}

const symbols = { listed: '=', changed: '*', missing: '-', extra: '+', refused: '!' } as const
