import { type ErasureRequest, type MaskFinderOf, type MaskPlan, makeMaskPlan } from '@custody/erasure'
import { CustodyError, usageError } from '@custody/pipeline'
import { type Policy, policyDigest } from '@custody/redact'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import type { CommandContext } from '../command-context.ts'
import { readKey } from '../config/secret.ts'
import { readPolicy } from '../redacting/read-policy.ts'
import { connectForErasure } from './erasure-connection.ts'
import { createMaskFinder } from './mask-finder.ts'
import type { Erasures } from './open-erasures.ts'

/**
 * A policy that texts can be masked by: one that rewrites them. Pseudonyms are those of the org's redacted archives.
 *
 * @throws CustodyError of kind usage: `ERASURE_MASK_POLICY`, and those of reading policies
 */
export function maskPolicy(name: string): Policy {
  const policy = readPolicy(name)
  // What an archive would leave out stays in the org: it is searched, so that the plan can say what stays.
  if (policy.fields.text === 'redact' && policy.vault === 'none')
    return { ...policy, fields: everyFieldSearched, paths: {} }
  throw usageError(
    'ERASURE_MASK_POLICY',
    `Texts cannot be masked in place by the policy ${name}.`,
    'Take one that says text: redact, and vault: none: nothing is kept of what was masked.',
  )
}

const everyFieldSearched: Policy['fields'] = {
  text: 'redact',
  content: 'redact',
  payload: 'redact',
  displayName: 'redact',
  subject: 'redact',
  fileName: 'redact',
  option: 'redact',
  link: 'redact',
}

/** The finder of the policy that a plan names, as long as it says what it said then. */
export function maskFinderOf(
  { org, orgAlias }: Erasures,
  connection: Pick<OrgConnection, 'client' | 'rereading'>,
  env: NodeJS.ProcessEnv,
): MaskFinderOf {
  return ({ name, digest }) => {
    const policy = maskPolicy(name)
    if (policyDigest(policy) !== digest) {
      throw new CustodyError('ERASURE_MASK_POLICY_CHANGED', `The policy ${name} is not what it was in the plan.`, {
        kind: 'refused',
        actions: ['Plan again by what it says now: custody erase mask plan REFERENCE.'],
      })
    }
    // Without this secret no request would have been opened.
    const key = readKey(
      org.archiveSecret as NonNullable<typeof org.archiveSecret>,
      `orgs.${orgAlias}.archiveSecret`,
      env,
    )
    return createMaskFinder({ connection, apiVersion: org.apiVersion, redaction: { policy, key, tenant: orgAlias } })
  }
}

/** Makes the plan for masking of one request by what the org and the holds say now. Writes nothing. */
export async function maskPlanOf(
  request: ErasureRequest,
  policyName: string,
  erasures: Erasures,
  context: CommandContext,
): Promise<MaskPlan> {
  const { config, org, orgAlias, store } = erasures
  const { clock, signal, env } = context
  const policy = { name: policyName, digest: policyDigest(maskPolicy(policyName)) }
  const connection = await connectForErasure(erasures, context)
  try {
    return await makeMaskPlan({
      org: connection.client,
      apiVersion: org.apiVersion,
      signal,
      store,
      request,
      orgAlias,
      policy,
      finder: maskFinderOf(erasures, connection, env)(policy),
      minimumRetention: config.erasure.minimumRetention ?? null,
      callsPerHour: org.auth.users.length * org.limits.connectPerHour,
      now: clock.now(),
    })
  } finally {
    await connection.close()
  }
}
