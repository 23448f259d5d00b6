import { createHash } from 'node:crypto'
import type { EmulatorOptions } from '@custody/emulator'
import { type ConfirmMasksOptions, confirmMasks, type TextReadBack } from '../masking/confirm-masks.ts'
import { makeMaskPlan } from '../masking/make-mask-plan.ts'
import type { MaskFinder, TextChange } from '../masking/mask-findings.ts'
import { type MaskPlan, maskPlanBytes } from '../masking/mask-plan.ts'
import { type RunMasksOptions, runMasks } from '../masking/run-masks.ts'
import { planDigest } from '../planning/plan-bytes.ts'
import { type DeletionOrg, startDeletionOrg } from './deletion-org.ts'

/** A simulated org, a store, and a policy that replaces every letter e. */
export interface MaskingOrg extends AsyncDisposable {
  readonly under: DeletionOrg
  readonly finder: MaskFinder
  /** A request with an approved plan to mask these records. */
  masked(reference: string, ids: readonly string[]): Promise<MaskPlan>
  run(options?: Partial<RunMasksOptions>): Promise<void>
  confirm(options?: Partial<ConfirmMasksOptions>): Promise<void>
  /** The texts of a conversation, as the org has them now. */
  textsOf(conversation: string): Promise<ReadonlyMap<string, string>>
}

export const policy: { readonly name: string; readonly digest: string } = { name: 'no-e', digest: '00' }

export async function startMaskingOrg(options: EmulatorOptions = {}): Promise<MaskingOrg> {
  const under = await startDeletionOrg(options)
  const { client, clock, users } = under
  const textsOf = (conversationIdentifier: string): Promise<ReadonlyMap<string, string>> =>
    client.getJson({
      origin: 'api',
      path: '/platform/engagement/v1.0/conversation-entries',
      query: { conversationIdentifier, recordLimit: 1000 },
      endpoint: 'conversation-entries',
      parse: (document) =>
        new Map((document as { conversationEntries: readonly WireEntry[] }).conversationEntries.flatMap(textOf)),
    })
  const finder: MaskFinder = {
    async *find(identifiers) {
      for (const identifier of identifiers) {
        const texts = await textsOf(identifier)
        const changes = [...texts].flatMap(([entryId, was]): TextChange[] => {
          const text = was.replaceAll('e', '#')
          return text === was ? [] : [{ entryId, was, text }]
        })
        const types = { LETTER: changes.length }
        yield { identifier, entries: texts.size, texts, changes, types, outOfReach: {}, notSeen: [] }
      }
    },
  }
  const source: TextReadBack = { name: 'conversation-data', lagMs: 0, readTexts: ({ id }) => textsOf(id) }
  return {
    under,
    finder,
    textsOf,
    async masked(reference, ids) {
      await under.approved(reference, ids)
      const { store } = under
      const request = await store.request(reference)
      if (request === null) throw new Error('there is no such request')
      const plan = await makeMaskPlan({
        ...{ org: client, store, request, orgAlias: 'shop', policy, finder },
        ...{ minimumRetention: null, callsPerHour: 900, now: clock.now() },
      })
      const bytes = maskPlanBytes(plan)
      await store.savePlan(reference, planDigest(bytes), bytes, 'mask')
      await store.approve(reference, { planDigest: createHash('sha256').update(bytes).digest('hex'), operator: 'dpo' })
      return plan
    },
    run: (more = {}) =>
      runMasks({ store: under.store, users, org: client, apiVersion: '66.0', finderOf: () => finder, clock, ...more }),
    confirm: (more = {}) => confirmMasks({ store: under.store, sources: [source], clock, ...more }),
    [Symbol.asyncDispose]: () => under[Symbol.asyncDispose](),
  }
}

interface WireEntry {
  readonly identifier: string
  readonly entryPayload: { readonly abstractMessage?: { readonly staticContent?: StaticContent | null } } | null
}

interface StaticContent {
  readonly formatType?: string
  readonly text?: string
}

function textOf({ identifier, entryPayload }: WireEntry): readonly (readonly [string, string])[] {
  const content = entryPayload?.abstractMessage?.staticContent
  return content?.formatType === 'Text' && content.text !== undefined ? [[identifier, content.text]] : []
}
