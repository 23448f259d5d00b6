import { parseJson } from '@custody/model'
import { PART_PATTERN } from './bag.ts'
import { type Container, openContainer } from './container.ts'
import { Findings } from './findings.ts'
import { LineReader } from './line-reader.ts'
import { conversationShape } from './line-shapes.ts'
import { type MasterConversation, masterConversation } from './master-conversation.ts'
import { LINE_MAX_BYTES } from './read-block.ts'

const filesAllowed = 1_000_000

/**
 * The conversations of an archive, one at a time, without those that were erased. Checks nothing, and passes over lines that are none:
 * `verify()` tells of them.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`
 */
export async function* readConversations(archive: string): AsyncGenerator<MasterConversation, void, undefined> {
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    for (const path of partsOf(container)) yield* conversationsOf(container, path)
  } finally {
    await container.close()
  }
}

/** The parts of the master, in order. */
export function partsOf({ files }: Container): readonly string[] {
  return [...files.keys()].filter((path) => PART_PATTERN.test(path)).sort()
}

/** The conversations of a part of the master. */
export async function* conversationsOf(
  container: Container,
  path: string,
): AsyncGenerator<MasterConversation, void, undefined> {
  let read: MasterConversation[] = []
  const onLine = (line: Buffer): void => {
    const conversation = conversationOf(line)
    if (conversation !== null) read.push(conversation)
  }
  const lines = new LineReader(LINE_MAX_BYTES, onLine, () => undefined)
  for await (const chunk of container.read(path)) {
    lines.push(chunk)
    yield* read
    read = []
  }
  lines.end()
  yield* read
}

function conversationOf(line: Buffer): MasterConversation | null {
  try {
    const value: unknown = parseJson(line.toString('utf8'))
    return conversationShape(value) === null ? masterConversation(value) : null
  } catch {
    return null
  }
}
