import type { Console } from './console.ts'
import { exitCodeOf } from './exit-code.ts'
import { knownError } from './known-error.ts'

/**
 * Says what happened (to which org, where there are several), its code, and what to do next. Without `--debug` no stack trace, and never
 * the cause's own words.
 */
export function showError(
  error: unknown,
  console: Console,
  { debug = false, org }: { readonly debug?: boolean; readonly org?: string } = {},
): void {
  const { code, message, actions } = knownError(error)
  console.event({
    type: 'error',
    ...(org !== undefined && { org }),
    code,
    message,
    actions,
    exitCode: exitCodeOf(error),
  })
  console.warn(`error: ${org === undefined ? '' : `${org}: `}${message} [${code}]`)
  for (const action of actions) console.warn(`  → ${action}`)
  if (debug) for (let at: unknown = error; at instanceof Error; at = at.cause) console.warn(at.stack ?? at.name)
}
