import { z } from 'zod'

/** One text on its way. */
export interface TracedText {
  readonly entryId: string
  /** A keyed hash of what stood there when it was approved. */
  readonly was: string
  /** What is to stand there. */
  readonly text: string
}

export interface TracedMask {
  readonly id: string
  /** What Data 360 may call it: the ids of the conversation and its sessions. */
  readonly recordIds: readonly string[]
  readonly texts: readonly TracedText[]
  /** How much was found where no other text can be put. */
  readonly outOfReach: number
  /** Why it is not masked, as a code; null where it is, or will be. */
  readonly ground: string | null
  /** Whether all its texts were sent and answered. */
  readonly isSent: boolean
}

/** What has to be known to go on, and to read back. Texts as they are to be; sealed, and gone with the request's identifiers. */
export interface MaskTraces {
  readonly conversations: readonly TracedMask[]
}

const schema = z.object({
  measure: z.literal('mask'),
  conversations: z.array(
    z.object({
      id: z.string(),
      recordIds: z.array(z.string()),
      texts: z.array(z.object({ entryId: z.string(), was: z.string(), text: z.string() })),
      outOfReach: z.number(),
      ground: z.string().nullable(),
      isSent: z.boolean(),
    }),
  ),
})

export function maskTraceBytes(traces: MaskTraces): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ measure: 'mask', ...traces }))
}

/** Null for what is none. */
export function readMaskTraces(bytes: Uint8Array | null): MaskTraces | null {
  if (bytes === null) return null
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null
  } catch {
    return null
  }
}

/** The traces with this conversation in the place of what was known of it. */
export function withMask({ conversations }: MaskTraces, mask: TracedMask): MaskTraces {
  return { conversations: [...conversations.filter(({ id }) => id !== mask.id), mask] }
}
