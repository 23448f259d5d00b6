#!/usr/bin/env node
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Command, Option } from '@commander-js/extra-typings'
import { CustodyError } from '@custody/pipeline'
import { data360Scenarios } from './faults/data360-scenarios.ts'
import { deletionScenarios } from './faults/deletion-scenarios.ts'
import { loadScenario } from './faults/scenario.ts'
import { scenarios } from './faults/scenarios.ts'
import { startEmulator } from './start-emulator.ts'

const program = new Command('custody-emulator')
  .description('Serves a simulated Salesforce org on 127.0.0.1 until it is told to stop.')
  .option('--port <n>', 'port of login and instance; 0 takes a free one', wholeNumber, 0)
  .option('--api-port <n>', 'port of the API gateway; 0 takes a free one', wholeNumber, 0)
  .option('--conversations <n>', 'how many conversations the org holds', wholeNumber, 60)
  .option('--month <yyyy-mm>', 'the month they lie in', '2026-10')
  .option('--seed <seed>', 'the same seed gives the same org', '1')
  .option('--entries-per-minute <n>', 'limit of the entries endpoint for each user', wholeNumber)
  .addOption(new Option('--scenario <scenario>', 'a built-in name or a YAML file').default('calm'))
  .addHelpText('after', `\nScenarios:\n${listing()}`)
  .action(async ({ scenario, entriesPerMinute, ...rest }) => {
    const org = await startEmulator({
      ...rest,
      scenario: /\.ya?ml$/.test(scenario) ? loadScenario(readFileSync(scenario, 'utf8')) : scenario,
      ...(entriesPerMinute !== undefined && { limits: { entriesPerMinute } }),
    })
    const { url, apiUrl, tenantUrl, credentials, window } = org
    const { clientId, clientSecret, username, password, securityToken, refreshToken } = credentials
    const secrets = { clientId, clientSecret, username, password, securityToken, refreshToken }
    process.stdout.write(`${JSON.stringify({ type: 'emulator-start', url, apiUrl, tenantUrl, ...secrets, window })}\n`)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await org.close()
  })

try {
  await program.parseAsync()
} catch (error) {
  const actions = CustodyError.isInstance(error) ? error.actions : []
  process.stderr.write(`${[error instanceof Error ? error.message : 'The emulator failed.', ...actions].join('\n')}\n`)
  process.exitCode = CustodyError.isInstance(error) && error.kind === 'usage' ? 2 : 1
}

function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
}

function listing(): string {
  return Object.entries({ ...scenarios, ...data360Scenarios, ...deletionScenarios })
    .map(([name, { description = '' }]) => `  ${name.padEnd(26)} ${description}`)
    .join('\n')
}
