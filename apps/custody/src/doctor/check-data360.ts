import { createData360TokenProvider } from '@custody/auth'
import { data360Wire, objectNames } from '@custody/data360-source'
import { createOrgClient, HttpStatusError, type OrgClient } from '@custody/http'
import { z } from 'zod'
import type { Data360Config } from '../config/schema.ts'
import { about, denied, type Finding, ok, skipped, warn } from './finding.ts'
import { impatient, type OrgUnderCheck, type SignedIn, type UserUnderCheck } from './org-under-check.ts'

const metadataSchema = z.object({ metadata: z.array(z.object({ name: z.string() })) })

/** Data 360: the exchange of tokens, the tenant, and the objects of conversations in it. Runs no query: queries consume credits. */
export async function checkData360(
  user: UserUnderCheck,
  signedIn: SignedIn,
  org: OrgUnderCheck,
  settings: Data360Config,
): Promise<readonly Finding[]> {
  if (settings.api === 'connect') {
    const path = `/services/data/v${org.config.apiVersion}/${data360Wire.metadata.connect}`
    return await objectFindings(await user.client(), path, { dataspace: settings.dataspace }, org, settings)
  }
  const { dataspace } = settings
  const { transport, clock, signal } = org
  const tokens = createData360TokenProvider({ tokens: signedIn.tokens, dataspace, transport, clock, retry: impatient })
  await tokens.token({ signal })
  const client = createOrgClient({ tokens, transport, clock, retry: impatient })
  try {
    const found = await objectFindings(client, data360Wire.metadata.tenant, {}, org, settings)
    return [about('tenant', ok('the token was exchanged for one of Data 360')), ...found]
  } finally {
    await client.close()
  }
}

async function objectFindings(
  client: OrgClient,
  path: string,
  query: Readonly<Record<string, string>>,
  { signal }: OrgUnderCheck,
  settings: Data360Config,
): Promise<readonly Finding[]> {
  let shown: ReadonlySet<string>
  try {
    const parse = (document: unknown) => metadataSchema.parse(document).metadata.map(({ name }) => name)
    shown = new Set(
      await client.getJson({ origin: 'instance', path, query, endpoint: 'data360-metadata', parse, signal }),
    )
  } catch (error) {
    if (!(error instanceof HttpStatusError) || error.status >= 500 || error.status === 401) throw error
    return [
      about(
        'objects',
        skipped(`the org does not show its metadata (${error.status}); Custody takes the names it knows`),
      ),
    ]
  }
  return Object.entries(objectNames).map(([key, candidates]) => {
    const given = settings.names[key as keyof typeof objectNames]
    const name = given ?? candidates.find((candidate) => shown.has(candidate))
    if (name !== undefined && shown.has(name)) return about(key, ok(`${name} is shown`))
    return about(key, hiddenObject(key, given ?? candidates.join(' or ')))
  })
}

function hiddenObject(key: string, names: string): Finding {
  const actions = [
    'Give the execution user a permission set of Data 360 that opens the data space.',
    `Check in Data 360 that conversations are mapped; name the object in data360.names.${key} if it has another name.`,
  ]
  const message = `Data 360 does not show ${names}.`
  if (key === 'entry') return denied('DATA360_OBJECT_NOT_SHOWN', message, ...actions)
  return warn('DATA360_OBJECT_NOT_SHOWN', `${message} Senders or times of conversations stay unknown.`, ...actions)
}

/** Used where Data 360 is not configured. */
export const withoutData360: Finding = skipped('data360 is not in the configuration')
