import type { Outcome, Target } from '../target.ts'
import type { ReportVerdict, RequestReport } from './erasure-report.ts'

/** Why a record has the outcome it has. `<source>` of a ground is what follows its last part. */
const grounds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    hold: 'A legal hold keeps it. It must not be erased until the hold is released.',
    'legal-hold': 'A legal hold keeps it. It must not be erased until the hold is released.',
    'statutory-retention': 'A law has it kept for a time that is not over yet.',
    retention: 'A law has it kept for a time that is not over yet.',
    'privacy-hold': 'A privacy hold in Salesforce keeps it.',
    'open-session': 'A messaging session with this person is still open, and Salesforce erases nothing meanwhile.',
    'restricted-children':
      'Other records in Salesforce depend on it, and Salesforce does not erase it as long as they are there.',
    'salesforce-failed': 'Salesforce took the deletion on and then reported that it failed.',
    permission: 'The user that Custody works with may not erase it.',
    'government-cloud': 'This deletion is not offered in Government Cloud.',
    'api-off': 'The deletion interface is switched off in this org.',
    locked: 'Salesforce was busy with this record. It will be asked again.',
    'answer-lost': 'The deletion was sent and the answer never came. It will be read back before it is sent again.',
    confirming: 'Salesforce took the deletion on. That it is gone is not proven yet.',
    'answer-unknown': 'Salesforce answered in a way that does not say whether it was erased.',
    'control-missing':
      'A record that is certainly there was not found either when it was read back. So not finding this one proves nothing.',
    'not-found': 'There is no such record in the org.',
    'plan-changed':
      'Its texts changed after the plan was approved, so nothing of it was masked. It has to be planned again.',
    'text-changed': 'A text changed after the plan was approved, and was left as it is. It has to be planned again.',
    'out-of-reach':
      'What was found in its texts is masked. Something stays where Salesforce takes no other text: rich content, forms or names of files.',
    'not-read-back': 'Not every masked text was shown when it was read back.',
    unreadable: 'Its messages could not be read in full, so nothing of it was masked.',
    'text-differs': 'A text is neither what it was nor what it was to be: somebody else changed it',
    'still-there': 'It was still found when it was read back',
    reappeared: 'It was gone, and was found again later',
    unseen: 'It cannot be read back yet, because this source shows deletions late',
    unreachable: 'It could not be read back, because this source did not answer',
  }),
)

/** In words; null for none. */
export function whyOf(ground: string | null): string | null {
  if (ground === null) return null
  const exact = grounds.get(ground)
  if (exact !== undefined) return exact.endsWith('.') ? exact : `${exact}.`
  const status = /^http-(\d{3})$/.exec(ground)?.[1]
  if (status !== undefined) return `Salesforce refused the deletion with HTTP status ${status}.`
  const stem = ['control-missing', 'text-differs', 'still-there', 'reappeared', 'unseen', 'unreachable'].find((each) =>
    ground.startsWith(`${each}-`),
  )
  if (stem === undefined) return `Recorded under the code ${ground}.`
  return `${grounds.get(stem)?.replace(/\.$/, '')} (source: ${ground.slice(stem.length + 1)}).`
}

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  erased: 'erased',
  masked: 'masked',
  withheld: 'withheld',
  pending: 'pending',
  failed: 'failed',
  unverifiable: 'not verifiable',
  'no-match': 'nothing there',
}

export const verdictWords: Readonly<Record<ReportVerdict, string>> = {
  open: 'Nothing is erased yet',
  pending: 'Not finished',
  'not-verifiable': 'Cannot be proven',
  'not-erased': 'Not erased',
  'erased-in-part': 'Erased in part',
  erased: 'Erased',
  masked: 'Masked',
  'masked-in-part': 'Masked in part',
  'nobody-found': 'Nobody was found',
  withdrawn: 'Withdrawn',
}

/** What a request came to, for a reader who reads nothing else. */
export function summaryOf(
  verdict: ReportVerdict,
  outcomes: RequestReport['outcomes'],
  state: RequestReport['state'],
): string {
  const all = Object.values(outcomes).reduce((sum, number) => sum + number, 0)
  switch (verdict) {
    case 'withdrawn':
      return 'The request was withdrawn before anything was sent to Salesforce. Nothing was erased for it.'
    case 'open':
      return `No deletion was sent for this request. It is at the step "${state}": a plan has to be made and approved first.`
    case 'nobody-found':
      return 'No record in the org was found, or decided, to belong to whoever asked, so there was nothing to erase.'
    case 'masked':
      return `The conversations of this request stay in the org. What the policy found in the texts of their messages is replaced there${outcomes.masked === 1 ? '' : `, in all ${outcomes.masked} records found`}. ${proofOfMasks}${nothingThere(outcomes)}`
    case 'masked-in-part':
      return `${parts(outcomes, all)} ${outcomes.masked > 0 ? proofOfMasks : 'Nothing is proven to be masked.'} The reason for each is in the list of records.`
    case 'erased':
      return `${outcomes.erased === 1 ? 'The one record found for this request is' : `All ${outcomes.erased} records found for this request are`} erased from the org. ${proof}${nothingThere(outcomes)}`
    default:
      if (all === 0) return 'The plan is being carried out. No record of the org is part of it.'
      return `${parts(outcomes, all)}${outcomes.erased > 0 ? ` ${proofOfSome}` : ' Nothing is proven to be erased.'} The reason for each is in the list of records.`
  }
}

const proof =
  'Each was read back through every configured source and not found, while a record that is certainly there was.'

const proofOfMasks =
  'Each masked text was read back as it is to be, and no configured source showed one as it was before.'

const proofOfSome =
  'Each erased one was read back through every configured source and not found, while a record that is certainly there was.'

function nothingThere(outcomes: RequestReport['outcomes']): string {
  const number = outcomes['no-match']
  return number === 0 ? '' : ` ${records(number)} more that the request named ${are(number)} not in the org.`
}

function parts(outcomes: RequestReport['outcomes'], all: number): string {
  const told: readonly (readonly [Outcome, string])[] = [
    ['erased', 'erased'],
    ['masked', 'masked: still there, with personal data in its texts replaced'],
    ['withheld', 'withheld, because something stands against it'],
    ['failed', 'not erased, because the deletion failed or something of it came back'],
    ['unverifiable', 'of unknown fate: nobody can prove whether it is gone'],
    ['pending', 'still pending'],
    ['no-match', 'not in the org'],
  ]
  const list = told
    .filter(([outcome]) => outcomes[outcome] > 0)
    .map(([outcome, text]) => `${outcomes[outcome]} ${text}`)
  return `Of ${records(all)} found for this request: ${list.join('; ')}.`
}

function records(number: number): string {
  return `${number} record${number === 1 ? '' : 's'}`
}

function are(number: number): string {
  return number === 1 ? 'is' : 'are'
}

/** What a deletion in the org does not reach. */
const notCovered: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'end-user': 'The name, number and address in the record of the messaging end user.',
    previews: 'What other records keep of a text, as the preview of a session.',
    contact: 'The contact record, and what else the org keeps about the person as a customer.',
    case: 'Cases and their e-mails.',
    files: 'Files that were stored in Salesforce outside of the conversations.',
    data360: 'Copies in Data 360 that are not deleted along with the conversation.',
    'other-systems': 'Other systems that conversations were handed to.',
    'other-copies': 'Copies made outside of Custody: backups, exports, downloads, e-mails.',
  }),
)

/** For every report, whatever the plan says. */
export const neverCovered: readonly string[] = ['contact', 'case', 'files', 'data360', 'other-systems', 'other-copies']

export function notCoveredText(code: string): string {
  return notCovered.get(code) ?? `Recorded under the code ${code}.`
}

const kinds: Readonly<Record<Target['kind'], string>> = {
  'end-user': 'messaging end user',
  conversation: 'conversation',
}

export function kindText(kind: Target['kind']): string {
  return kinds[kind]
}

const acts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'request-added': 'request taken down',
    'candidates-found': 'searched in the org',
    'candidates-selected': 'decided who it is',
    'plan-made': 'plan made',
    'plan-approved': 'plan approved',
    'plan-kept': 'figures of the plan kept',
    'run-started': 'deletion begun',
    'run-ended': 'all calls made',
    'call-sent': 'deletion sent to Salesforce',
    'call-answered': 'Salesforce answered',
    'call-lost': 'no answer came',
    'call-shared': 'same record, deleted for another request',
    'call-refused': 'Salesforce refused',
    'lost-resolved': 'looked what became of the call',
    'target-withheld': 'withheld, nothing was sent',
    'log-read': 'log of Salesforce read',
    'mask-sent': 'other texts sent to Salesforce',
    'mask-answered': 'Salesforce answered',
    'mask-withheld': 'a conversation was left as it is',
    'masks-sent': 'all other texts sent',
    'mask-read-back': 'texts read back',
    'request-extended': 'due day moved, and whoever asked is to be told',
    'read-back': 'read back',
    outcome: 'outcome set',
    'archive-erased': 'removed from an archive',
    'archive-kept': 'kept in an archive',
    'archive-failed': 'archive could not be rewritten',
    'archives-ended': 'archives gone through',
    'closing-decided': 'closing decided',
    'request-closed': 'closed; what named the person was removed',
    'request-withdrawn': 'withdrawn',
  }),
)

export function actText(act: string): string {
  return acts.get(act) ?? act.replaceAll('-', ' ')
}
