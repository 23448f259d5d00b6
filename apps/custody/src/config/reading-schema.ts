import { z } from 'zod'
import {
  type Fallback,
  fallbackNames,
  type ReadableSource,
  type SourceName,
  sourceNames,
  witnessNames,
} from '../archive-job/source-names.ts'

/** What is read where no flag says it: orgs differ in what they have. */
export interface ReadingConfig {
  readonly source: Exclude<SourceName, 'transcript-export'>
  readonly witness: readonly ScheduledSource[]
  readonly fallback?: Fallback | undefined
}

/** A source that needs nobody to hand files over. */
type ScheduledSource = Exclude<ReadableSource, 'transcript-export'>

const needsNoFile = <T extends string>(name: T): name is Exclude<T, 'transcript-export'> => name !== 'transcript-export'

const fallbacks = ['connect', 'conversation-data'] as const satisfies readonly Fallback[]

export const readingSchema: z.ZodType<ReadingConfig> = z
  .strictObject({
    source: z.enum(sourceNames.filter(needsNoFile)).default('conversation-data').describe('As --source.'),
    witness: z
      .array(z.enum(witnessNames.filter(needsNoFile)))
      .default([])
      .describe('As --witness.'),
    fallback: z.enum(fallbacks).optional().describe('As --allow-fallback.'),
  })
  .superRefine(({ source, witness, fallback }, context) => {
    const read = source === 'auto' ? 'conversation-data' : source
    if (witness.includes(read)) {
      context.addIssue({
        code: 'custom',
        path: ['witness'],
        message: `names ${read}, which is the source already`,
        params: { action: 'A source cannot testify for itself: name another one.' },
      })
    }
    if (fallback !== undefined && !fallbackNames[source]?.includes(fallback)) {
      context.addIssue({
        code: 'custom',
        path: ['fallback'],
        message: `has no meaning with the source ${source}`,
        params: { action: 'Leave it out, or name another source.' },
      })
    }
  })
  .prefault({})
  .describe('Where messages are read, when no flag says it.')
