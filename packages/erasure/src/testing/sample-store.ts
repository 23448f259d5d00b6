import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { NewErasureRequest } from '../erasure-request.ts'
import type { ErasureStore } from '../erasure-store.ts'
import { type OpenErasureStoreOptions, openErasureStore } from '../store/open-erasure-store.ts'

export const key: Uint8Array = new Uint8Array(32).fill(7)

/** Noon of 21 November 2026. */
export const noon: number = Date.UTC(2026, 10, 21, 12)

export const clock: { now(): number } = { now: (): number => noon }

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'custody-erasure-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Closed when the test has ended, unless it was before. */
export async function openStore(
  directory: string = temporaryFolder(),
  options: Partial<OpenErasureStoreOptions> = {},
): Promise<ErasureStore> {
  return await openErasureStore({ directory, key, clock, ...options })
}

/** A request about one person, with what is told over it. */
export function request(changes: Partial<NewErasureRequest> = {}): NewErasureRequest {
  return {
    reference: 'R-1',
    subject: { endUserIds: [], contactIds: [], phones: ['+49 30 901820'], emails: [], platformKeys: [] },
    conversations: [],
    regime: 'gdpr',
    receivedOn: '2026-11-01',
    dueOn: '2026-12-01',
    jurisdiction: 'DE',
    note: null,
    ...changes,
  }
}

/** Every byte that stands in a folder, whatever the file. */
export function bytesIn(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))))
}

/** In which ways a text stands among the bytes: as UTF-8, UTF-16, hex or base64. */
export function waysItStandsIn(bytes: Buffer, text: string): readonly string[] {
  const plain = Buffer.from(text)
  const forms = {
    utf8: plain,
    utf16: Buffer.from(text, 'utf16le'),
    hex: Buffer.from(plain.toString('hex')),
    base64: Buffer.from(plain.toString('base64').replace(/=+$/, '').slice(0, -1)),
  }
  return Object.entries(forms)
    .filter(([, form]) => bytes.includes(form))
    .map(([name]) => name)
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
