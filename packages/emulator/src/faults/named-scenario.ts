import { usageError } from '@custody/pipeline'
import { data360Scenarios } from './data360-scenarios.ts'
import { deletionScenarios } from './deletion-scenarios.ts'
import { checkScenario, type Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

/**
 * A built-in scenario by its name, or one given as it is.
 *
 * @throws CustodyError `EMULATOR_OPTIONS`, `SCENARIO_INVALID`
 */
export function scenarioOf(scenario: string | Scenario = 'calm'): Scenario {
  if (typeof scenario !== 'string') return checkScenario(scenario)
  const all = { ...scenarios, ...data360Scenarios, ...deletionScenarios }
  const known = Object.hasOwn(all, scenario) ? all[scenario] : undefined
  if (known) return known
  throw usageError(
    'EMULATOR_OPTIONS',
    'There is no built-in scenario of this name.',
    `Use one of ${Object.keys(all).join(', ')}.`,
  )
}
