import { exchange } from '@custody/http'
import { z } from 'zod'
import { type Finding, fail, ok, skipped, warn } from './finding.ts'
import type { OrgUnderCheck } from './org-under-check.ts'

const versionsSchema = z.array(z.object({ version: z.string() }))

/** The fewest versions, three a year, after which an org may soon stop serving one. */
const agedVersions = 24

/** Whether the org serves the configured version of the API. Asked without a token, as documented. */
export async function checkApiVersion({ config, transport, clock, signal }: OrgUnderCheck): Promise<Finding> {
  const url = new URL('/services/data', config.loginUrl)
  const request = { method: 'GET', url, headers: { accept: 'application/json' }, signal } as const
  const { outcome } = await exchange({
    transport,
    request,
    endpoint: 'versions',
    attempt: 1,
    maxBodyBytes: 1_048_576,
    clock,
  })
  if ('error' in outcome) throw outcome.error
  const versions = outcome.status === 200 ? versionsOf(outcome.text) : null
  if (versions === null) return skipped(`the org does not list its versions (${outcome.status})`)
  const newest = Math.max(...versions)
  const own = Number(config.apiVersion)
  if (!versions.includes(own)) {
    return fail(
      'API_VERSION_UNKNOWN',
      `The org does not serve version ${config.apiVersion}; its newest is ${newest.toFixed(1)}.`,
      `Set apiVersion to "${newest.toFixed(1)}".`,
    )
  }
  if (newest - own >= agedVersions) {
    return warn(
      'API_VERSION_OLD',
      `Version ${config.apiVersion} is ${newest - own} versions behind the newest of the org, ${newest.toFixed(1)}.`,
      'Raise apiVersion: Salesforce retires old ones.',
    )
  }
  return ok(`version ${config.apiVersion} is served; the newest is ${newest.toFixed(1)}`)
}

/** Pure. Null for anything that is no list of versions: a page of a proxy, say. */
function versionsOf(text: string): readonly number[] | null {
  try {
    const versions = versionsSchema.parse(JSON.parse(text)).map(({ version }) => Number(version))
    return versions.length > 0 && versions.every(Number.isFinite) ? versions : null
  } catch {
    return null
  }
}
