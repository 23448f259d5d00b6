import { readFileSync } from 'node:fs'
import { usageError } from '@custody/pipeline'
import { defaultPolicy, isPresetName, loadPolicy, type Policy, presetNames, presetPolicy } from '@custody/redact'

/**
 * A policy by its name, as `default` and the presets have one, or by its file.
 *
 * @throws CustodyError of kind usage: `POLICY_UNREADABLE`, `POLICY_SYNTAX`, `POLICY_KEY`, `POLICY_VALUE`
 */
export function readPolicy(name: string): Policy {
  if (name === 'default') return defaultPolicy
  if (isPresetName(name)) return presetPolicy(name)
  let text: string
  try {
    text = readFileSync(name, 'utf8')
  } catch (error) {
    throw usageError(
      'POLICY_UNREADABLE',
      `The redaction policy ${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      `Check the path, or use a built-in policy: ${['default', ...presetNames].join(', ')}`,
    )
  }
  return loadPolicy(text)
}
