import { crontab } from './crontab.ts'
import {
  checkDefinitionOptions,
  refused,
  type SchedulerDefinitionOptions,
  type SchedulerKind,
  schedulerKinds,
} from './definition-options.ts'
import { githubWorkflow } from './github-workflow.ts'
import { kubernetesCronJob } from './kubernetes-cron-job.ts'
import { systemdUnits } from './systemd-units.ts'

const makers = {
  cron: crontab,
  systemd: systemdUnits,
  'github-actions': githubWorkflow,
  kubernetes: kubernetesCronJob,
} as const

/**
 * The files that make a scheduler run a command shortly after the windows of a schedule become due: text by path. The same
 * options give the same text, so it can be kept under version control.
 *
 * @throws CustodyError `SCHEDULE_DEFINITION` for a value that is missing, of no use, or not safe to write into the definition
 */
export function schedulerDefinition(
  kind: SchedulerKind,
  options: SchedulerDefinitionOptions,
): Readonly<Record<string, string>> {
  if (!schedulerKinds.includes(kind)) throw refused('kind', `is none of ${schedulerKinds.join(', ')}`)
  checkDefinitionOptions(kind, options)
  return makers[kind](options)
}
