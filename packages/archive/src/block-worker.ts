import { parentPort, workerData } from 'node:worker_threads'
import type { Answer } from './block-readers.ts'
import { hasManyRows } from './line-block.ts'
import { type PackedBlock, unpackBlock } from './packed-block.ts'
import { type BlockTask, readBlock } from './read-block.ts'

// The thread of `BlockReaders`: reads the blocks that come, one after the other, and answers each.

const task = workerData as BlockTask
const answer = (answer: Answer, memory: readonly Uint8Array<ArrayBuffer>[]): void =>
  parentPort?.postMessage(
    answer,
    memory.map(({ buffer }) => buffer),
  )

parentPort?.on('message', (block: PackedBlock) => {
  const reading = readBlock(unpackBlock(block), task)
  // How deep JSON may be nested depends on the stack, of which only the main thread's counts.
  const isTooDeep = reading.notes.some((note) => note.type === 'refused' && note.code === 'JSON_SYNTAX')
  if (isTooDeep || hasManyRows(reading)) answer({ block }, [block.bytes])
  else answer({ reading }, [...reading.tables, reading.archived, reading.amended])
})

parentPort?.postMessage('ready')
