import { dirname } from 'node:path/posix'
import { definitionHeader } from './definition-header.ts'
import { refused, type SchedulerDefinitionOptions } from './definition-options.ts'
import { crontabCommand, shellWord } from './quoting.ts'
import { localRunTimes, toCronExpression, utcRunTimes } from './run-times.ts'

/** Classic crons cut or refuse longer commands. */
const maxCommandBytes = 990

/** Lines for the end of a crontab. */
export function crontab(options: SchedulerDefinitionOptions): Readonly<Record<string, string>> {
  const { schedule, name } = options
  const command = crontabCommand(toShell(options))
  if (Buffer.byteLength(command) > maxCommandBytes)
    throw refused(
      'command',
      `makes a line of more than ${maxCommandBytes} bytes, which crons cut: put it into a script`,
    )
  const text = `${definitionHeader(
    schedule,
    'Put these lines at the end of a crontab (crontab -e): CRON_TZ holds for all lines below it. cron mails what a run prints to',
    'MAILTO; without a mail system on this machine nobody will see it.',
    '',
    'CRON_TZ is understood by cronie (Red Hat, Fedora, SUSE, Arch) and fcron, but not by the cron of Debian and Ubuntu, BusyBox',
    'and macOS, which take times as of the machine. There, on a machine in UTC, use the last line instead of the two above it;',
    'it is right in summer and in winter.',
  )}
CRON_TZ=${schedule.timeZone}
${toCronExpression(localRunTimes(schedule))} ${command}
# ${toCronExpression(utcRunTimes(schedule))} ${command}
`
  return { [`${name}.cron`]: text }
}

function toShell({ command, workingDirectory, environmentFile, name }: SchedulerDefinitionOptions): string {
  const [program] = command
  const environment = environmentFile === undefined ? '' : `set -a && . ${shellWord(environmentFile)} && set +a && `
  // Where the program is, its interpreter is: cron's own path is /usr/bin:/bin.
  const run = `PATH=${shellWord(dirname(program))}:"$PATH" ${command.map(shellWord).join(' ')}`
  return `cd ${shellWord(workingDirectory)} && ${environment}${run} || { code=$?; echo "${name} ended with exit code $code"; exit $code; }`
}
