import { conversationOfEntry } from '../ids.ts'
import type { Step } from './script.ts'
import type { World } from './world.ts'

/** The file of a message, as its payload names it. */
export interface SentFile {
  readonly entryId: string
  readonly index: number
  readonly step: Step
  readonly name: string
  readonly mimeType: string
}

/** The files of a conversation, in the order they were sent. */
export function filesOf(world: World, index: number): readonly SentFile[] {
  return world.conversation(index).steps.flatMap((step) => fileAt(world, index, step) ?? [])
}

/** The file an entry carries, by the entry's identifier. */
export function fileNamed(world: World, entryId: string): SentFile | undefined {
  const index = conversationOfEntry(world.seed, entryId)
  if (index === undefined || index >= world.conversations) return undefined
  const step = world.conversation(index).steps.find((candidate) => world.entryId(index, candidate) === entryId)
  return step && fileAt(world, index, step)
}

function fileAt(world: World, index: number, step: Step): SentFile | undefined {
  if (step.kind !== 'attachments' && step.kind !== 'external-attachments') return undefined
  const { entryId, payload } = world.entry(index, step)
  const [file] = (payload as AttachmentPayload).abstractMessage.staticContent.attachments
  return { entryId, index, step, name: file.name, mimeType: file.mimeType }
}

/** What `message-payload.ts` makes of such a step. */
interface AttachmentPayload {
  readonly abstractMessage: {
    readonly staticContent: { readonly attachments: readonly [{ readonly name: string; readonly mimeType: string }] }
  }
}
