import { LineReader } from './line-reader.ts'

/** No line of ours is longer: a string has fewer characters. */
const maxLineBytes = 2 ** 29

/** The files of a bag that is known to be as its writer made it. */
export interface ReadableBag {
  has(path: string): boolean
  read(path: string): AsyncIterable<Buffer>
  /** The parts of the master, in order. */
  parts(): readonly string[]
}

/** The lines of the master, each with its LF; holds one at a time. */
export async function* masterLines(bag: ReadableBag): AsyncGenerator<Buffer, void, undefined> {
  for (const path of bag.parts()) yield* linesOf(bag.read(path))
}

/** The lines of a file, each with its LF. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let cut: Buffer[] = []
  const reader = new LineReader(
    maxLineBytes,
    (line) => cut.push(line),
    () => {
      throw new Error('a valid archive has no such line')
    },
  )
  for await (const chunk of chunks) {
    reader.push(chunk)
    yield* cut
    cut = []
  }
  reader.end()
  yield* cut
}
