import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Conversation } from '@custody/model'
import { testSink } from '@custody/testkit'
import fc from 'fast-check'
import { test } from 'vitest'
import { archive } from './archive.ts'
import { sampleConversation } from './testing/sample-conversations.ts'
import { archiveOptions, linesOf } from './testing/write-archive.ts'

testSink<Conversation>({
  test,
  records: fc.nat({ max: 99_999 }).map((index) => sampleConversation(index)),
  idOf: ({ identifier }) => identifier,
  runs: 10,
  setUp: () => {
    const folder = mkdtempSync(join(tmpdir(), 'custody-archive-'))
    const parts = join(folder, 'archive', 'data', 'conversations')
    return {
      sink: archive(archiveOptions(folder, { name: 'archive', partBytes: 3_000 })),
      stored: () => {
        if (!existsSync(parts)) return []
        const lines = readdirSync(parts)
          .sort()
          .flatMap((part) => linesOf(join(parts, part)))
        return lines.map((line) => JSON.parse(line).conversation.identifier)
      },
      finished: () => readdirSync(folder).length > 0,
      tearDown: () => rmSync(folder, { recursive: true }),
    }
  },
})
