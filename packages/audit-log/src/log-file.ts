import type { FileHandle } from 'node:fs/promises'
import { CustodyError } from '@custody/pipeline'
import { AuditChain, type AuditCheckpoint, asBuffer, type LineFault } from './audit-chain.ts'
import { LineCutter } from './line-cutter.ts'

const CHUNK_BYTES = 256 * 1024

/** What a log holds. */
export interface LogContent {
  readonly chain: AuditChain
  /** Up to the end of the last whole line. */
  readonly bytes: number
  /** What stands behind: empty, or a line that a crash left unfinished. */
  readonly tail: Buffer
}

/** Reads a log once from the beginning, in constant memory. */
export async function readLog(file: string, handle: FileHandle, expected?: AuditCheckpoint): Promise<LogContent> {
  const chain = new AuditChain()
  const cutter = new LineCutter()
  let bytes = 0
  if (expected) assertExpected(file, chain, expected)
  for await (const chunk of chunksOf(handle)) {
    for (const line of cutter.cut(chunk)) {
      takeLine(file, chain, line)
      bytes += line.length
      if (expected) assertExpected(file, chain, expected)
    }
  }
  if (expected && (chain.size ?? 0) < expected.size) throw truncated(file, chain.size ?? 0, expected)
  return { chain, bytes, tail: cutter.rest }
}

/** Reads a log from the beginning to a checkpoint, gives out its lines from a number on, and throws if it was changed. */
export async function* readPart(
  file: string,
  handle: FileHandle,
  from: number,
  to: AuditCheckpoint,
): AsyncGenerator<string, void, undefined> {
  const chain = new AuditChain()
  const cutter = new LineCutter()
  for await (const chunk of chunksOf(handle)) {
    for (const line of cutter.cut(chunk)) {
      if (chain.size === to.size) break
      takeLine(file, chain, line)
      if ((chain.size ?? 0) > from) yield asBuffer(line).toString('latin1')
    }
    if (chain.size === to.size) break
  }
  if (chain.root !== to.root) throw changed(file, 'it is not as it was when it was opened')
}

export function changed(file: string, what: string): CustodyError<'AUDIT_LOG_CHANGED'> {
  return new CustodyError('AUDIT_LOG_CHANGED', `The audit log ${file} was changed: ${what}.`, {
    kind: 'refused',
    actions: afterwards,
  })
}

export function truncated(file: string, size: number, expected: AuditCheckpoint): CustodyError<'AUDIT_LOG_TRUNCATED'> {
  return new CustodyError(
    'AUDIT_LOG_TRUNCATED',
    `The audit log ${file} was cut: it holds ${size} lines, and the last seal tells of ${expected.size}.`,
    { kind: 'refused', actions: afterwards },
  )
}

const afterwards = [
  'Keep the file as evidence: move it away, and note who could write to it.',
  'Restore it from the archives: custody audit restore. What was not sealed yet is lost, and the log will say so.',
]

async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

function takeLine(file: string, chain: AuditChain, line: Uint8Array): void {
  const fault = chain.check(line)
  if (fault !== null) throw damaged(file, chain.size ?? 0, fault)
  chain.add(line)
}

function assertExpected(file: string, chain: AuditChain, expected: AuditCheckpoint): void {
  if (chain.size !== expected.size || chain.root === expected.root) return
  throw changed(file, `its first ${expected.size} lines are not those that the last seal tells of`)
}

function damaged(file: string, index: number, fault: LineFault): CustodyError<'AUDIT_LOG_DAMAGED'> {
  const line = index + 1
  const what: Record<LineFault, string> = {
    malformed: `line ${line} is not in the form of an event`,
    number: `line ${line} does not have the number ${index}: lines are missing, doubled or in another order`,
    prev: `line ${line} does not follow the line before it: one of the two was changed`,
  }
  return new CustodyError('AUDIT_LOG_DAMAGED', `The audit log ${file} is damaged: ${what[fault]}.`, {
    kind: 'refused',
    actions: afterwards,
  })
}
