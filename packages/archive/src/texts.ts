import { type CsvColumn, conversationsTable, entriesTable, participantsTable } from '@custody/sinks'
import { amendmentsTable } from './amendments-report.ts'
import type { ArchiveSettings } from './archive-settings.ts'
import { gapsTable } from './gaps-report.ts'
import type { ArchiveCounts, ArchiveVerdict } from './options.ts'
import { reconciliationTable } from './reconciliation-report.ts'
import { differencesTable, witnessesTable } from './witness-reports.ts'

const verdictWords: Readonly<Record<ArchiveVerdict, string>> = {
  complete: `COMPLETE: every conversation is accounted for by an independent
               count of its messages and by a second source.`,
  counted: `COUNTED: every message of agents and customers is accounted for by an
               independent count. Messages of bots and events are not counted:
               they rest on one source. Column "evidence" of reconciliation.csv
               says of which conversations.`,
  incomplete: 'INCOMPLETE: something is, or may be, missing. See data/reports/gaps.csv.',
  empty: 'EMPTY: the org named no conversation for this window.',
}

const modeWords: Readonly<Record<ArchiveSettings['mode'], string>> = {
  plain: 'Texts stand as they were received.',
  redacted: 'Personal data was redacted; data/reports/redactions.jsonl says where.',
}

const introduction = `ARCHIVE OF MESSAGING CONVERSATIONS

This folder holds conversations between an organisation and its customers, as
taken from Salesforce: who wrote what, and when.
`

const amendmentIntroduction = (archive: string): string => `AMENDMENT OF AN ARCHIVE OF MESSAGING CONVERSATIONS

Conversations between an organisation and its customers stand in the archive
${archive}
Its time was read again later. This folder holds only what was found then:
entries that came late, and entries that had been changed since, as they are
now. data/reports/amendments.csv names each of them, and those that Salesforce
no longer has. The verdict, and reconciliation.csv, are about all that was read.
`

/** `README.txt`: what this is, for somebody who has never heard of Custody. */
export function readmeText(settings: ArchiveSettings, verdict: ArchiveVerdict, counts: ArchiveCounts): string {
  const withCsv = settings.formats.includes('csv')
  return `${settings.amends ? amendmentIntroduction(settings.amends.archive) : introduction}
Organisation   ${settings.org}
From           ${settings.window.from}
To (not incl.) ${settings.window.to}
Mode           ${settings.mode}. ${modeWords[settings.mode]}
Conversations  ${counts.conversations}
Entries        ${counts.entries}
Verdict        ${verdictWords[verdict]}

All times are UTC. An entry belongs to the window that holds the time at which
the server received it. A conversation that began before the window or goes on
after it says so; its other entries stand in the archives of those windows.

WHAT IS WHERE

${
  settings.pages.report
    ? `report.html           What was asked and what was found, to be read in a browser. Begin here.
`
    : ''
}data/conversations/   The conversations. Each line of these files is one
                      conversation in JSON, its entries in order of time.
                      schema/conversation.schema.json explains every field.
${
  withCsv
    ? `data/csv/             The same as tables for spreadsheets. A ' was put before
                      text that a spreadsheet would run as a formula. An
                      empty cell means: nothing there.
`
    : ''
}${
  settings.formats.includes('html')
    ? `data/transcripts/     index.html shows the conversations in a browser, without any network.
`
    : ''
}${
  counts.attachments > 0
    ? `data/attachments/     The files that came with messages, named by their SHA-256. The
                      conversations say which message had which, and its name.
`
    : ''
}data/reports/         How completeness was checked:
  reconciliation.csv    each conversation: messages counted by Salesforce's own
                        records, and messages delivered
  witnesses.csv         what further sources, where some were asked, said
  differences.csv       entries on which two sources disagree
  gaps.csv              everything missing or doubtful; no rows means none
${settings.amends ? '  amendments.csv        each entry that is late, changed or vanished\n' : ''}  rejects.jsonl         every record refused on the way, and why
${settings.mode === 'redacted' ? '  redactions.jsonl      what was redacted where; never what stood there\n' : ''}run.json              What was asked, of whom, by which program; the counts.
integrity/            A hash for each conversation, to prove a single one
                      without showing the others.
${
  settings.seal
    ? `seal/                 Who made this archive: signatures over all of it, the place in the
                      chain of archives, the time if an authority was asked.
`
    : ''
}${
  settings.audit
    ? `audit/                What was done since the archive before, as a hash chain.
`
    : ''
}schema/               JSON Schemas of all JSON files.
manifest-sha256.txt   A checksum for every file under data/.
tagmanifest-sha256.txt  A checksum for every other file.

This is a BagIt bag (RFC 8493). VERIFY.txt tells how to check with standard
tools that nothing was changed or lost.

COLUMNS

${[
  ...(withCsv ? [conversationsTable, entriesTable, participantsTable] : []),
  reconciliationTable,
  witnessesTable,
  differencesTable,
  gapsTable,
  ...(settings.amends ? [amendmentsTable] : []),
]
  .map((table) => columnsText(table.name, table.columns))
  .join('\n')}`
}

function columnsText(name: string, columns: readonly CsvColumn<never>[]): string {
  const lines = columns.map((column) => `  ${column.name.padEnd(28)}${column.description}\n`)
  return `${name}\n${lines.join('')}`
}
