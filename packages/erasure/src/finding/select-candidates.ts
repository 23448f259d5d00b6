import { toRecordId } from '@custody/model'
import { CustodyError, usageError } from '@custody/pipeline'
import type { Target } from '../target.ts'
import type { FindResult } from './find-candidates.ts'

/** `exact`: all exact matches. `none`: nobody of them. Or the ids of those it is. */
export type Selection = 'exact' | 'none' | readonly string[]

/**
 * The targets of a request, by what a person decided. With `exact`, end users that the request names by id and the org does not give
 * are targets too: that they are not there has to be found out, not assumed.
 *
 * @throws CustodyError `SELECT_UNKNOWN` (usage); `SELECT_AMBIGUOUS` (refused)
 */
export function selectCandidates(
  { candidates, missing }: Pick<FindResult, 'candidates' | 'missing'>,
  selection: Selection,
): readonly Pick<Target, 'kind' | 'id'>[] {
  if (selection === 'none') return []
  const ids = selection === 'exact' ? [...exactOnly(candidates), ...missing] : chosen(candidates, missing, selection)
  return [...new Set(ids)].map((id) => ({ kind: 'end-user', id }))
}

function exactOnly(candidates: FindResult['candidates']): readonly string[] {
  const exact = candidates.filter(({ isNear }) => !isNear)
  // Several contacts are several people, unless whoever asked named each of them.
  const unnamed = exact.filter(
    ({ reasons }) => !reasons.some((reason) => reason === 'end-user-id' || reason === 'contact-id'),
  )
  const contacts = new Set(exact.map(({ contactId }) => contactId).filter((id) => id !== null))
  if (contacts.size > 1 && unnamed.length > 0) {
    throw new CustodyError(
      'SELECT_AMBIGUOUS',
      `The exact matches are linked to ${contacts.size} contacts: they may be several people who share a phone or an e-mail.`,
      {
        kind: 'refused',
        actions: [
          'Look at them: custody erase find REFERENCE.',
          'Name those it is: --select ID,ID. With --select none it is nobody.',
        ],
      },
    )
  }
  return exact.map(({ endUserId }) => endUserId)
}

function chosen(
  candidates: FindResult['candidates'],
  missing: readonly string[],
  selection: readonly string[],
): readonly string[] {
  const known = new Set([...candidates.map(({ endUserId }) => endUserId), ...missing])
  const ids = selection.map((text) => toRecordId(text.trim()))
  const wrong = ids.filter((id) => id === null || !known.has(id)).length
  if (wrong > 0) {
    throw usageError(
      'SELECT_UNKNOWN',
      `${wrong} of the ids selected ${wrong === 1 ? 'is' : 'are'} no candidate of the request.`,
      'Take ids from the list that custody erase find prints.',
    )
  }
  return ids.filter((id) => id !== null)
}
