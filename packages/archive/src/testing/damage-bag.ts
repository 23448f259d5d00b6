import { remanifest } from './bag-files.ts'
import { changeRun, linesOf, recommit } from './rebag.ts'

export type BagFiles = Map<string, Buffer | string>

/** A way to make the archive of `richBagFiles()` invalid. */
export interface InvalidBag {
  readonly name: string
  /** The finding that names it; there may be others. */
  readonly code: string
  readonly damage: (files: BagFiles) => void
  /** What cannot be said by files alone. */
  readonly inFolder?: (folder: string) => void
}

export const MANIFEST: string = 'manifest-sha256.txt'
export const TAGS: string = 'tagmanifest-sha256.txt'
export const INFO: string = 'bag-info.txt'
export const PART: string = 'data/conversations/part-00001.jsonl'
export const RECORDS: string = 'integrity/records.jsonl'
export const LEAVES: string = 'integrity/leaves.txt'
export const AUDIT: string = 'audit/audit.jsonl'
export const GAPS: string = 'data/reports/gaps.csv'
export const zeros: string = '0'.repeat(64)

/** Changes the text of a file and nothing else. */
export function text(path: string, change: (text: string) => string): (files: BagFiles) => void {
  return (files) => void files.set(path, change(String(files.get(path))))
}

/** Changes lines of a file and nothing else. */
export function lines(path: string, change: (lines: string[]) => readonly string[]): (files: BagFiles) => void {
  return (files) => void files.set(path, change(linesOf(files, path)).join(''))
}

export function inTurn(...steps: readonly ((files: BagFiles) => unknown)[]): (files: BagFiles) => void {
  return (files) => {
    for (const step of steps) step(files)
  }
}

/** Changes the first line of the master, and makes everything anew that depends on it. */
export function master(change: (line: string) => string): (files: BagFiles) => void {
  return inTurn(text(PART, change), recommit)
}

export function run(change: (run: Record<string, unknown>) => object): (files: BagFiles) => void {
  return inTurn((files) => changeRun(files, change), remanifest)
}

export function counts(name: string, value: unknown): (files: BagFiles) => void {
  return run((document) => ({ ...document, counts: { ...(document['counts'] as object), [name]: value } }))
}

export function add(path: string, content: string | Buffer = 'x'): (files: BagFiles) => void {
  return (files) => void files.set(path, content)
}

export function remove(path: string): (files: BagFiles) => void {
  return (files) => void files.delete(path)
}

export const swapFirstTwo = ([first = '', second = '', ...rest]: string[]): string[] => [second, first, ...rest]
export const withoutFirst = (all: string[]): string[] => all.slice(1)
