import {
  completeRequest,
  dayOf,
  type Imported,
  importRequests,
  type NewErasureRequest,
  requestFaults,
  rowFaults,
} from '@custody/erasure'
import { usageError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseAddFlags } from '../commands/erase-requests.ts'
import { exitCodes } from '../exit-code.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { readTextFile } from './read-text-file.ts'

/** Runs `custody erase add`. */
export async function addErasureRequests(flags: EraseAddFlags, context: CommandContext): Promise<void> {
  const { file } = flags
  if (file !== undefined) assertAlone(flags)
  // Read before anything is opened: what cannot be read adds nothing.
  const text = file === undefined ? null : readTextFile(file)
  const note = flags.noteFile === undefined ? null : readTextFile(flags.noteFile)
  await using erasures = await openErasures(flags, context)
  const today = dayOf(context.clock.now())
  if (text !== null) {
    const { regime } = erasures.config.erasure
    const imported = await importRequests({ store: erasures.store, text, regime, today })
    showImported(imported, erasures)
    if (imported.bad.length > 0) context.end(exitCodes.incomplete)
    return
  }
  await addOne(requestOf(flags, note, { regime: erasures.config.erasure.regime, today }), erasures)
}

function requestOf(
  flags: EraseAddFlags,
  note: string | null,
  completion: Parameters<typeof completeRequest>[1],
): NewErasureRequest {
  const { reference, received, endUser, contact, phone, email, platformKey, conversation } = flags
  if (reference === undefined) throw usageError('OPTION_MISSING', '--reference is missing.', 'Or name a file: --file.')
  if (received === undefined) throw usageError('OPTION_MISSING', '--received is missing.', 'Add --received 2026-11-21.')
  const request = completeRequest(
    {
      reference,
      subject: {
        endUserIds: endUser ?? [],
        contactIds: contact ?? [],
        phones: phone ?? [],
        emails: email ?? [],
        platformKeys: platformKey ?? [],
      },
      conversations: conversation ?? [],
      received,
      regime: flags.regime ?? null,
      due: flags.due ?? null,
      jurisdiction: flags.jurisdiction ?? null,
      manner: flags.manner ?? null,
      note,
    },
    completion,
  )
  if (typeof request !== 'string') return request
  throw usageError('ERASURE_REQUEST', `The request cannot be taken: ${requestFaults[request]}. [${request}]`)
}

async function addOne(request: NewErasureRequest, { store, console, orgAlias }: Erasures): Promise<void> {
  const { reference, regime, dueOn } = request
  const added = await store.addRequest(request)
  const sharing = await store.requestsSharing(reference)
  console.event({ type: 'erase-request-added', org: orgAlias, reference, added, regime, dueOn, sharing })
  console.data(added ? `${reference}: added, due on ${dueOn} (${regime})` : `${reference}: is there already`)
  if (sharing.length > 0) console.warn(`  ${sharingText(sharing)}`)
  if (added) console.talk(`Next: custody erase find ${reference}`)
}

function showImported({ added, known, repeated, bad, sharing }: Imported, { console, orgAlias }: Erasures): void {
  for (const { line, fault } of bad) {
    console.event({ type: 'erase-row-refused', line, fault })
    console.data(`line ${line}: ${rowFaults[fault]} [${fault}]`)
  }
  for (const { reference, with: others } of sharing) {
    console.event({ type: 'erase-request-shared', reference, with: others })
    console.data(`${reference}: ${sharingText(others)}`)
  }
  const counts = { added: added.length, known, repeated, refused: bad.length }
  console.event({ type: 'erase-requests-imported', org: orgAlias, ...counts })
  console.data(
    `${count(added.length)} added, ${count(known)} known before, ${count(repeated)} repeated in the file, ${count(bad.length)} not taken`,
  )
  console.talk('The file still holds personal data: remove it where it is not needed any more.')
}

function sharingText(others: readonly string[]): string {
  const more = others.length > 5 ? ` and ${count(others.length - 5)} more` : ''
  return `names somebody whom ${others.slice(0, 5).join(', ')}${more} names too`
}

function assertAlone({ config, org, json, quiet, debug, file, ...others }: EraseAddFlags): void {
  const given = Object.keys(others)[0]
  if (given === undefined) return
  const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw usageError('OPTION_CONFLICT', `--file has all that is to be known; ${flag} has no place beside it.`)
}
