import type { EntryKind, EntrySource, Role } from '@custody/model'
import type { PageFacts } from '@custody/transcripts/page-data'

// What the page calls things.

export const roleWords: Readonly<Record<Role, string>> = {
  'end-user': 'End user',
  agent: 'Agent',
  bot: 'Bot',
  system: 'System',
  supervisor: 'Supervisor',
  other: 'Unknown role',
}

export const sourceWords: Readonly<Record<EntrySource, string>> = {
  'conversation-data': 'Conversation Data API',
  connect: 'Connect REST API',
  data360: 'Data 360',
  'transcript-export': 'Transcript export',
  records: 'Record field',
}

export const kindWords: Readonly<Record<EntryKind, string>> = {
  message: 'Message',
  'participant-change': 'Participants',
  routing: 'Routing',
  'delivery-failure': 'Delivery failed',
  acknowledgement: 'Acknowledged',
  typing: 'Typing',
  'session-change': 'Session',
  'modality-change': 'Modality',
  consent: 'Consent',
  flag: 'Flag',
  note: 'Note',
  other: 'Other',
}

export const verdictWords: Readonly<Record<PageFacts['verdict'], string>> = {
  complete: 'Complete: Salesforce’s own counts and a second source agree with what is archived.',
  counted:
    'Counted: messages of agents and end users agree with Salesforce’s counts; bots and events rest on one source.',
  incomplete: 'Incomplete: something is missing or could not be proven; the findings say what.',
  empty: 'Empty: the window holds no conversation.',
}

export const modeWords: Readonly<Record<PageFacts['mode'], string>> = {
  plain: 'Plain: as received from Salesforce.',
  redacted: 'Redacted: personal data was replaced before it was archived.',
}

/** `1 message`, `2 messages` */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? singular : plural}`
}
