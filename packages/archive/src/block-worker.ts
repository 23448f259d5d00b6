import { parentPort, workerData } from 'node:worker_threads'
import type { Answer, Question } from './block-readers.ts'
import { type Bytes, hasManyRows, rowsOf } from './line-block.ts'
import { type BlockTask, readBlock } from './read-block.ts'

// The thread of `BlockReaders`: reads the blocks that come, one after the other, and answers each.

const task = workerData as BlockTask
const answer = (answer: Answer, memory: readonly Bytes[]): void =>
  parentPort?.postMessage(
    answer,
    memory.map(({ buffer }) => buffer),
  )

parentPort?.on('message', ({ block, memory }: Question) => {
  const reading = readBlock(block, task, memory)
  // How deep JSON may be nested depends on the stack, of which only the main thread's counts.
  const isTooDeep = reading.notes.some((note) => note.type === 'refused' && note.code === 'JSON_SYNTAX')
  if (isTooDeep || hasManyRows(reading)) answer({ block }, [block.bytes])
  else answer({ reading, lines: block.bytes }, [block.bytes, ...rowsOf(reading)])
})

parentPort?.postMessage('ready')
