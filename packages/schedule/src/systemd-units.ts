import { dirname } from 'node:path/posix'
import { definitionHeader } from './definition-header.ts'
import type { SchedulerDefinitionOptions } from './definition-options.ts'
import { systemdQuoted, systemdValue, systemdWord } from './quoting.ts'
import { localRunTimes, toCalendarEvent } from './run-times.ts'

const usualPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** A service and its timer, for systemd 235 and newer. */
export function systemdUnits(options: SchedulerDefinitionOptions): Readonly<Record<string, string>> {
  const { schedule, name, workingDirectory, environmentFile, command } = options
  const [program, ...args] = command
  // Where the program is, its interpreter is.
  const searchPath = [...new Set([dirname(program), ...usualPath])].join(':')
  const execStart = [systemdQuoted(program), ...args.map(systemdWord)].join(' ')
  const environment = environmentFile === undefined ? '' : `EnvironmentFile=${systemdValue(environmentFile)}\n`
  const service = `${definitionHeader(
    schedule,
    `Put both files into /etc/systemd/system, then: systemctl daemon-reload && systemctl enable --now ${name}.timer`,
    'Any exit code but 0 makes the unit fail: set OnFailure= to a unit that tells somebody. Set User= to the owner of the directory.',
  )}
[Unit]
Description=Custody: archive what is due (${name})
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory=${systemdValue(workingDirectory)}
Environment=${systemdQuoted(`PATH=${searchPath}`)}
${environment}ExecStart=${execStart}
UMask=0077
NoNewPrivileges=yes
# It stops by itself within 5 seconds, and goes on where it stopped.
TimeoutStopSec=30
`
  const timer = `${definitionHeader(schedule)}
[Unit]
Description=Custody: when to look for what is due (${name})

[Timer]
OnCalendar=${toCalendarEvent(localRunTimes(schedule), schedule.timeZone)}
# A run that was missed while the machine was off is made up for.
Persistent=true
AccuracySec=1min

[Install]
WantedBy=timers.target
`
  return { [`${name}.service`]: service, [`${name}.timer`]: timer }
}
