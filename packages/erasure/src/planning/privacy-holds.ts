import { toRecordId } from '@custody/model'
import { addDays, dayOf } from '../day.ts'
import { privacyHoldFields } from '../soql/assumptions.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { type AskOptions, type Row, rowsOf } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import type { TargetDraft } from './target-draft.ts'
import type { SurveyGap } from './target-facts.ts'

const { object, record, isActive, startDate, endDate } = privacyHoldFields

/** The org's own holds on the targets, their contacts, sessions and conversations. */
export async function readPrivacyHolds(
  drafts: readonly TargetDraft[],
  now: number,
  options: AskOptions,
  notSeen: Set<SurveyGap>,
): Promise<void> {
  const byRecord = Map.groupBy(
    drafts.flatMap((draft) => {
      const ids = [...draft.endUserIds, ...draft.contactIds, ...[...draft.owned().values()].flat()]
      return [...new Set(ids)].map((id) => ({ draft, id }))
    }),
    ({ id }) => id,
  )
  const fields = [record, isActive, startDate, endDate]
  const rows = await ifVisible(rowsOf(object, fields, inConditions(record, byRecord.keys()), options))
  if (rows === null) {
    notSeen.add('privacy-holds-not-visible')
    return
  }
  const today = dayOf(now)
  for (const row of rows.filter((each) => holds(each, today))) {
    for (const { draft } of byRecord.get(toRecordId(row.text(record)) ?? '') ?? []) draft.privacyHolds.add(row.id)
  }
}

/** Dates are of the org's time zone, which nobody says here: a day more on either side holds too. */
function holds(row: Row, today: string): boolean {
  const [start, end] = [row.text(startDate), row.text(endDate)]
  const isOver = end !== null && end.slice(0, 10) < addDays(today, -1)
  const isToCome = start !== null && start.slice(0, 10) > addDays(today, 1)
  return row.isTrue(isActive) && !isOver && !isToCome
}
