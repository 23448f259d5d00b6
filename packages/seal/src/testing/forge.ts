import { createHash } from 'node:crypto'
import { encodeSealManifest } from '../seal-manifest.ts'
import { parseNote, signNote } from '../signed-note.ts'
import type { Signer } from '../signer.ts'
import type { FullSeal } from './sealed-twice.ts'
import type { Files } from './seals.ts'

export type Changes = Readonly<Record<string, Uint8Array | string | null>>

/** What somebody with the key can make: files changed (null: gone), and a manifest that says they are right. */
export async function forge(full: FullSeal, changes: Changes, signer: Signer): Promise<Files> {
  const files = new Map(full.files)
  files.delete('seal/seal-manifest.note')
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) files.delete(path)
    else files.set(path, Buffer.from(content))
  }
  const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')
  const digests = new Map([...files].map(([path, content]) => [path, digest(content)]))
  const manifest = await signNote(encodeSealManifest(digests), full.seal.origin, signer)
  return files.set('seal/seal-manifest.note', Buffer.from(manifest))
}

/** The two transitions, the first of them signed by somebody else in place of the first key. */
export async function firstTransitionBy(full: FullSeal, signer: Signer, to: Signer): Promise<string> {
  const notes = full.transitions.split(/(?=custody-key-transition)/)
  const body = parseNote(notes[0] ?? '')?.text ?? ''
  return (await signNote(body, 'custody-key', signer, to)) + notes[1]
}
