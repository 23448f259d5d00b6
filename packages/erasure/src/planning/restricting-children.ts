import { toRecordId } from '@custody/model'
import { restrictingObjects } from '../soql/assumptions.ts'
import { describeObject } from '../soql/describe-object.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { type AskOptions, rowsOf } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import type { TargetDraft } from './target-draft.ts'
import type { SurveyGap } from './target-facts.ts'

const parents = ['MessagingEndUser', 'MessagingSession', 'Conversation'] as const

/**
 * Finds records that keep the org from deleting: children whose relationship restricts it, standard, custom or of a package, as far as
 * the org describes them and the execution user sees them.
 */
export async function readRestrictingChildren(
  drafts: readonly TargetDraft[],
  options: AskOptions,
  notSeen: Set<SurveyGap>,
): Promise<void> {
  for (const parent of parents) {
    const byParent = Map.groupBy(
      drafts.flatMap((draft) => (draft.owned().get(parent) ?? []).map((id) => ({ draft, id }))),
      ({ id }) => id,
    )
    if (byParent.size === 0) continue
    const description = await describeObject(parent, options)
    if (description === null) {
      notSeen.add('children-not-described')
      continue
    }
    const restricting = description.children.filter(
      ({ object, isRestricting }) => isRestricting || restrictingObjects.includes(object),
    )
    for (const { object, field } of restricting) {
      const rows = await ifVisible(rowsOf(object, [field], inConditions(field, byParent.keys()), options))
      if (rows === null) notSeen.add(`restricting-not-visible:${object}`)
      for (const row of rows ?? []) {
        for (const { draft } of byParent.get(toRecordId(row.text(field)) ?? '') ?? []) {
          draft.restricting.set(object, (draft.restricting.get(object) ?? 0) + 1)
        }
      }
    }
  }
}
