import {
  type ErasureRequest,
  type ErasureStore,
  type FindResult,
  findCandidates,
  type Selection,
  selectCandidates,
} from '@custody/erasure'
import { CustodyError, usageError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseFindFlags } from '../commands/erase-decide.ts'
import { exitCodes } from '../exit-code.ts'
import { type AskWho, askOnTerminal, askWho } from './ask-who.ts'
import { findLines } from './candidate-lines.ts'
import { connectForErasure } from './erasure-connection.ts'
import { many } from './many.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { assertState, requestNamed } from './requests-named.ts'

/** Until then who a person is may be decided again. */
const undecided: readonly ErasureRequest['state'][] = ['received', 'found', 'selected', 'planned', 'approved']

/** Gives null where there is no terminal to ask on. */
export type AskWhoOf = (context: CommandContext) => Promise<AskWho | null>

/** Runs `custody erase find`. */
export async function findPeople(
  reference: string | undefined,
  flags: EraseFindFlags,
  context: CommandContext,
  terminal: AskWhoOf = onTerminal,
): Promise<void> {
  const selection = flags.select === undefined ? null : selectionOf(flags.select)
  if (selection !== null && flags.operator === undefined) {
    throw usageError(
      'OPTION_MISSING',
      '--select decides, and --operator is missing.',
      'Add --operator ID: who decides.',
    )
  }
  if (Array.isArray(selection) && reference === undefined) {
    throw usageError('OPTION_CONFLICT', 'Ids are those of one request.', 'Name it: custody erase find REFERENCE.')
  }
  await using erasures = await openErasures(flags, context)
  const requests = await requestsToFind(erasures.store, reference)
  const ask = selection === null && !erasures.console.json ? await terminal(context) : null
  const counts = { requests: requests.length, selected: 0, undecided: 0, refused: 0, partly: 0 }
  let operator = flags.operator ?? null
  for await (const { request, found } of search(requests, ask === null ? searchedTogether : 1, erasures, context)) {
    counts.partly += Number(found.unusable.length + found.notSeen.length > 0)
    tell(request, found, erasures)
    if (request.state === 'received') await noteFound(erasures.store, request, found)
    const chosen =
      request.about === 'conversations' ? 'request' : (selection ?? (ask && (await chosenOn(ask, request, found))))
    if (chosen === null) {
      counts.undecided += 1
      continue
    }
    try {
      operator ??= ask && (await ask.operator('Who decides this? An id, no name.'))
      await decide(erasures, request, found, chosen, operator)
      counts.selected += 1
    } catch (error) {
      // Of several requests, one that is ambiguous must not keep the others waiting.
      if (!CustodyError.isInstance(error) || error.code !== 'SELECT_AMBIGUOUS' || requests.length === 1) throw error
      counts.refused += 1
      erasures.console.event({ type: 'erase-refused', request: request.reference, code: error.code })
      erasures.console.warn(`${request.reference}: ${error.message} [${error.code}]`)
    }
  }
  end(counts, erasures, context)
}

interface Counts {
  readonly requests: number
  readonly selected: number
  readonly undecided: number
  readonly refused: number
  /** Those of which something could not be looked for. */
  readonly partly: number
}

function end(counts: Counts, { console, orgAlias }: Erasures, context: CommandContext): void {
  const { refused, partly, undecided, selected } = counts
  const exitCode = refused > 0 ? exitCodes.refused : partly > 0 ? exitCodes.incomplete : exitCodes.done
  console.event({ type: 'erase-find', org: orgAlias, ...counts, exitCode })
  if (undecided > 0) {
    console.talk(`${count(undecided)} undecided. Decide with: custody erase find REFERENCE --select exact|none|ID,ID`)
  }
  if (selected > 0) console.talk('Next: custody erase plan')
  context.end(exitCode)
}

function selectionOf(text: string): Selection {
  if (text === 'exact' || text === 'none') return text
  const ids = text.split(',').map((id) => id.trim())
  if (ids.every((id) => id !== '')) return ids
  throw usageError('OPTION_MALFORMED', '--select is exact, none, or ids separated by commas.')
}

async function requestsToFind(store: ErasureStore, reference: string | undefined): Promise<readonly ErasureRequest[]> {
  if (reference === undefined)
    return (await store.requests()).filter(({ state }) => state === 'received' || state === 'found')
  const request = await requestNamed(store, reference)
  assertState(request, undecided, 'who it is about is decided')
  return [request]
}

const nothing: FindResult = { candidates: [], unusable: [], notSeen: [], missing: [] }

/** So many requests are looked for at the same time, where nobody has to be asked in between. */
const searchedTogether = 4

interface Searched {
  readonly request: ErasureRequest
  readonly found: FindResult
}

/** Looks for the people of requests, in their order. */
async function* search(
  requests: readonly ErasureRequest[],
  together: number,
  erasures: Erasures,
  context: CommandContext,
): AsyncGenerator<Searched, void, undefined> {
  const { config, org } = erasures
  const { signal } = context
  const connection = await connectForErasure(erasures, context)
  const lookFor = async (request: ErasureRequest): Promise<Searched> => {
    const { subject, jurisdiction } = request
    if (request.about === 'conversations' || subject === null) return { request, found: nothing }
    const country = config.erasure.phoneCountry ?? jurisdiction
    const asking = { org: connection.client, apiVersion: org.apiVersion, signal }
    return { request, found: await findCandidates({ ...asking, subject, country }) }
  }
  try {
    for (let first = 0; first < requests.length; first += together) {
      yield* await Promise.all(requests.slice(first, first + together).map(lookFor))
    }
  } finally {
    await connection.close()
  }
}

/** Null where there is nobody to choose from: then whoever is asked has to say so. */
async function chosenOn(ask: AskWho, { reference }: ErasureRequest, found: FindResult): Promise<Selection | null> {
  if (found.candidates.length === 0) return null
  return [...(await askWho(ask, reference, found.candidates)), ...found.missing]
}

async function noteFound(store: ErasureStore, { reference }: ErasureRequest, found: FindResult): Promise<void> {
  await store.setState(reference, 'found', { act: 'candidates-found', operator: null, detail: countsOf(found) })
}

async function decide(
  { store, console }: Erasures,
  { reference, conversations }: ErasureRequest,
  found: FindResult,
  selection: Selection | 'request',
  operator: string | null,
): Promise<void> {
  const targets =
    selection === 'request'
      ? conversations.map((id) => ({ kind: 'conversation', id }) as const)
      : selectCandidates(found, selection)
  const by = typeof selection === 'string' ? selection : 'ids'
  await store.setTargets(reference, targets)
  const detail = { by, selected: targets.length, ...countsOf(found) }
  await store.setState(reference, 'selected', { act: 'candidates-selected', operator, detail })
  console.event({ type: 'erase-selected', request: reference, by, selected: targets.length })
  const what = selection === 'request' ? 'conversation' : 'record'
  console.data(
    `${reference}: ${targets.length === 0 ? 'it is nobody of them' : `${many(targets.length, what)} selected`}`,
  )
}

function countsOf({ candidates, missing, unusable, notSeen }: FindResult): Readonly<Record<string, number>> {
  const near = candidates.filter(({ isNear }) => isNear).length
  return {
    exact: candidates.length - near,
    near,
    missing: missing.length,
    unusable: unusable.length,
    notSeen: notSeen.length,
  }
}

function tell(request: ErasureRequest, found: FindResult, { console }: Erasures): void {
  const { reference, dueOn, about } = request
  // What a person recognises somebody by is for eyes alone: no log of events has it.
  const candidates = found.candidates.map(({ hint: _, ...candidate }) => candidate)
  const { unusable, notSeen, missing } = found
  console.event({ type: 'erase-candidates', request: reference, dueOn, candidates, missing, unusable, notSeen })
  if (about === 'conversations') return
  const { exact = 0, near = 0 } = countsOf(found)
  console.data(`${reference}: ${count(exact)} exact, ${count(near)} near; due on ${dueOn}`)
  for (const line of findLines(found)) console.data(line)
}

async function onTerminal({ stderr, signal }: CommandContext): Promise<AskWho | null> {
  return process.stdin.isTTY === true && stderr.isTTY === true ? await askOnTerminal(signal) : null
}
