import { CustodyError } from '@custody/pipeline'
import type { Console } from './console.ts'
import { exitCodeOf } from './exit-code.ts'

/** Says what happened, its code, and what to do next. Without `--debug` no stack trace, and never the cause's own words. */
export function showError(
  error: unknown,
  console: Console,
  { debug = false }: { readonly debug?: boolean } = {},
): void {
  const known = CustodyError.isInstance(error)
  const code = known ? error.code : 'UNEXPECTED'
  const message = known ? error.message : 'Something went wrong that Custody does not know.'
  const actions = known ? error.actions : ['Run the same command with --debug and report what it prints.']
  console.event({ type: 'error', code, message, actions, exitCode: exitCodeOf(error) })
  console.warn(`error: ${message} [${code}]`)
  for (const action of actions) console.warn(`  → ${action}`)
  if (debug) for (let at: unknown = error; at instanceof Error; at = at.cause) console.warn(at.stack ?? at.name)
}
