import { countLiveSessions, orgLimits, type SurveyedObject, surveyObjects } from '@custody/records-source'
import { permissionFields } from './assumptions.ts'
import { about, denied, type Finding, fail, ok, skipped, warn } from './finding.ts'
import { isUnknownName, newestConversation, query } from './org-questions.ts'
import type { OrgUnderCheck, UserUnderCheck } from './org-under-check.ts'

/** What the execution user may do. */
export async function checkPermissions(user: UserUnderCheck, org: OrgUnderCheck): Promise<readonly Finding[]> {
  const granted = await grantedOf(user, org)
  const { apiEnabled, apiOnly, viewAllData } = permissionFields
  return [
    judged('API Enabled', granted.get(apiEnabled), () =>
      denied(
        'PERMISSION_API_ENABLED',
        'The user may not use the API.',
        'Setup > Permission Sets: give the execution user one with API Enabled.',
      ),
    ),
    judged('API Only User', granted.get(apiOnly), () =>
      warn(
        'PERMISSION_API_ONLY',
        'The user could sign in to the user interface too.',
        'Setup > Permission Sets: give the execution user API Only User; Salesforce asks for it of a Run As user.',
      ),
    ),
    judged('View All Data', granted.get(viewAllData), () =>
      warn(
        'PERMISSION_VIEW_ALL',
        'Sharing decides which conversations the user sees. A hidden one is in no count, so nothing shows that it is missing.',
        'Give the execution user View All Data, or View All Records on Conversation and MessagingSession.',
        'Or prove that it sees all: count both objects as this user and as an administrator.',
      ),
    ),
  ]
}

function judged(permission: string, granted: boolean | undefined, refused: () => Finding): Finding {
  if (granted === undefined) return about(permission, skipped('the org does not tell whether the user has it'))
  return about(permission, granted ? ok('the user has it') : refused())
}

/** One name that this org does not know spoils the whole query: then each is asked for alone. */
async function grantedOf(user: UserUnderCheck, org: OrgUnderCheck): Promise<ReadonlyMap<string, boolean>> {
  const client = await user.client()
  const ask = async (fields: readonly string[]): Promise<readonly (readonly [string, boolean])[]> => {
    const { records } = await query(client, org, `SELECT ${fields.join(', ')} FROM UserPermissionAccess LIMIT 1`)
    return fields.flatMap((field) => {
      const value = records[0]?.[field]
      return typeof value === 'boolean' ? [[field, value] as const] : []
    })
  }
  const fields = Object.values(permissionFields)
  try {
    return new Map(await ask(fields))
  } catch (error) {
    if (!isUnknownName(error)) throw error
  }
  const granted = new Map<string, boolean>()
  for (const field of fields) {
    try {
      for (const [name, value] of await ask([field])) granted.set(name, value)
    } catch (error) {
      if (!isUnknownName(error)) throw error
    }
  }
  return granted
}

/** Objects and their fields, by describe: everything the census reads. */
export async function checkObjects(user: UserUnderCheck, org: OrgUnderCheck): Promise<readonly Finding[]> {
  const { config, signal } = org
  const surveyed = await surveyObjects({ org: await user.client(), apiVersion: config.apiVersion, signal })
  return surveyed.map((object) => about(object.object, objectFinding(object)))
}

function objectFinding({ object, need, reason, hiddenFields }: SurveyedObject): Finding {
  if (reason === null) return ok('all fields that are needed can be read')
  const access = `Setup > Permission Sets: give the execution user read access to ${object} and its fields.`
  if (reason === 'not-listed') {
    if (need === 'optional') return skipped('the org does not have it, or the user may not see it: both look alike')
    const message = 'The org does not have it, or the user may not see it: both look alike.'
    return need === 'required'
      ? denied('OBJECT_NOT_VISIBLE', message, access, 'Check apiVersion: Conversation needs 55.0 or later.')
      : warn('OBJECT_NOT_VISIBLE', `${message} Archives lack names, and redaction knows fewer people.`, access)
  }
  const message = `Fields that cannot be read: ${hiddenFields.join(', ')}.`
  const action = 'Setup > Permission Sets: give the execution user read access to these fields.'
  return need === 'required'
    ? denied('FIELDS_NOT_VISIBLE', message, action)
    : warn('FIELDS_NOT_VISIBLE', message, action)
}

/** Whether there is anything to archive at all, as this user sees it. */
export async function checkConversations(user: UserUnderCheck, org: OrgUnderCheck): Promise<Finding> {
  const client = await user.client()
  if ((await newestConversation(client, org)) !== null) return ok('the user sees conversations')
  return warn(
    'NO_CONVERSATION_SEEN',
    'The user sees no conversation: the org has none, or sharing hides them all.',
    'Look into the org as an administrator: SELECT COUNT() FROM Conversation.',
  )
}

/** What is left of the calls that all users and programs may make in 24 hours. */
export async function checkDailyCalls(user: UserUnderCheck, org: OrgUnderCheck): Promise<Finding> {
  const { config, signal } = org
  const { apiRequests } = await orgLimits({ org: await user.client(), apiVersion: config.apiVersion, signal })
  if (apiRequests === null) return skipped('the org does not tell how many calls are left')
  const { remaining, max } = apiRequests
  const message = `${remaining.toLocaleString('en')} of ${max.toLocaleString('en')} calls of the org are left`
  if (remaining === 0) {
    return fail('DAILY_CALLS_SPENT', `${message}.`, 'Wait: the allowance moves over the last 24 hours.')
  }
  if (remaining < max * scarce) {
    return warn(
      'DAILY_CALLS_LOW',
      `${message}.`,
      'See in Setup > System Overview what uses them; archive at another hour.',
    )
  }
  return ok(message)
}

/** Below this share of the day's calls an archive may not come to its end. */
const scarce = 0.1

/** Room for conversations that reading keeps active, as far as it is known: no API tells the limit of an org. */
export async function checkActiveConversations(user: UserUnderCheck, org: OrgUnderCheck): Promise<Finding> {
  const client = await user.client()
  const { apiVersion, limits } = org.config
  const open = await countLiveSessions({ org: client, apiVersion, now: org.clock.now() })
  const { activeConversations: budget, activeConversationsFloor: floor, orgActiveConversations: most } = limits
  const figures = `${open.toLocaleString('en')} live sessions, up to ${budget.toLocaleString('en')} conversations kept active by reading, ${floor.toLocaleString('en')} to stay free`
  const limit = `the ${most.toLocaleString('en')} of limits.orgActiveConversations; no API tells that of the org`
  if (open + budget + floor <= most) return ok(`${figures}: within ${limit}`)
  return warn(
    'ACTIVE_CONVERSATIONS_TIGHT',
    `${figures}: more than ${limit}. Over the limit, customers cannot begin conversations.`,
    `Lower orgs.${org.alias}.limits.activeConversations, or archive at an hour when fewer sessions are open.`,
    'Ask Salesforce for the limit of the org, and set limits.orgActiveConversations.',
  )
}
