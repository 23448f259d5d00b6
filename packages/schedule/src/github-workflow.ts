import { definitionHeader } from './definition-header.ts'
import type { SchedulerDefinitionOptions } from './definition-options.ts'
import { shellWord, yamlText } from './quoting.ts'
import { toCronExpression, utcRunTimes } from './run-times.ts'

/** A workflow for a runner of one's own. */
export function githubWorkflow(options: SchedulerDefinitionOptions): Readonly<Record<string, string>> {
  const { schedule, name, workingDirectory, environmentFile, secretVariables = [], command } = options
  const script = [
    ...(environmentFile === undefined ? [] : ['set -a', `. ${shellWord(environmentFile)}`, 'set +a']),
    command.map(shellWord).join(' '),
  ]
  const secrets = [...new Set(secretVariables)].map(
    (variable) => `          ${yamlText(variable)}: \${{ secrets.${variable} }}\n`,
  )
  const text = `${definitionHeader(
    schedule,
    'Any exit code but 0 fails the job, and GitHub notifies whoever last changed the schedule below: watch it from elsewhere too.',
    'GitHub starts scheduled runs late, leaves some out, and in a public repository stops all after 60 days without activity.',
  )}
name: ${yamlText(name)}
on:
  schedule:
    # UTC. One time for each offset of ${schedule.timeZone}, so it is right in summer and in winter.
    - cron: ${yamlText(toCronExpression(utcRunTimes(schedule)))}
  workflow_dispatch: {}
permissions: {}
concurrency:
  group: ${yamlText(name)}
  cancel-in-progress: false
jobs:
  archive:
    # What is archived already is known by the state directory: on a hosted runner, which starts empty, everything would be due
    # each time, and the archives would be gone with it.
    runs-on: self-hosted
    timeout-minutes: 1440
    steps:
      - name: Archive what is due
        shell: bash
        working-directory: ${yamlText(workingDirectory)}
${secrets.length > 0 ? `        env:\n${secrets.join('')}` : ''}        run: |
${script.map((line) => `          ${line}\n`).join('')}`
  return { [`.github/workflows/${name}.yml`]: text }
}
