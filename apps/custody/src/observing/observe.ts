import type { CommandContext } from '../command-context.ts'
import { oneOf } from '../config/effective.ts'
import type { ObservingFlags } from '../flags.ts'
import type { MetricsOptions } from './metrics.ts'

/** What is observed. */
export interface Observed {
  readonly command: MetricsOptions['command']
  readonly flags: ObservingFlags & { readonly config?: string; readonly org?: string; readonly quiet?: boolean }
}

/** Where an OpenTelemetry API, in whichever copy, keeps what an SDK registered. */
const registered = Symbol.for('opentelemetry.js.api.1')

/**
 * Begins to observe a command as its flags ask for, and in spans where an OpenTelemetry SDK is registered. Nothing is loaded for what
 * nobody asked for.
 *
 * @throws CustodyError of kind usage
 */
export async function observe({ command, flags }: Observed, context: CommandContext): Promise<void> {
  const { metricsFile: metrics, logFile: log, logLevel } = flags
  const { clock } = context
  const { warn: tell } = context.console({})
  if (Reflect.has((Reflect.get(globalThis, registered) as object | undefined) ?? {}, 'trace')) {
    const { traces } = await import('./traces.ts')
    context.observe(traces(command, clock))
  }
  if (log !== undefined) {
    const { logFile, logLevels } = await import('./log-file.ts')
    const level = logLevel === undefined ? undefined : oneOf(logLevel, logLevels, '--log-level')
    context.observe(logFile({ file: log, level, command, clock, tell }))
  }
  if (metrics !== undefined) {
    const { metricsFile } = await import('./metrics.ts')
    const { config = null, org } = flags
    const steadyNow = () => performance.now()
    context.observe(metricsFile({ file: metrics, command, config, org, clock, steadyNow, tell }))
  }
}
