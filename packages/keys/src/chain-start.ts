import { parseNote, publicKeyFingerprint, type Signer, signNote, TRANSITION_KEY_NAME, verifyNote } from '@custody/seal'

/** Of the text, the empty line, the signature. */
const noteLines = 7

const startText =
  /^custody-key-start\/v1\nkey ([0-9a-f]{64})\npublic-key (\S{44})\nreplaces ([0-9a-f]{64}|none|unknown)\ncreated (\S+)\n$/

/** How a chain of seals began. */
export interface ChainStart {
  readonly fingerprint: string
  readonly publicKey: Uint8Array
  /** Fingerprint of the key that was lost before; `none` for the first key, `unknown` where nothing told which it was. */
  readonly replaces: string
  readonly createdAt: string
}

/** The note by which a key says that it began a chain; signed by itself. */
export async function makeChainStart(signer: Signer, replaces: string, createdAt: string): Promise<string> {
  const { publicKey } = signer
  const lines = [
    'custody-key-start/v1',
    `key ${hexOf(publicKeyFingerprint(publicKey))}`,
    `public-key ${Buffer.from(publicKey).toString('base64')}`,
    `replaces ${hexOf(replaces)}`,
    `created ${createdAt}`,
  ]
  return await signNote(`${lines.join('\n')}\n`, TRANSITION_KEY_NAME, signer)
}

/** Reads `chain-starts.note`: any number of notes, oldest first. Null when one of them is none, or is not signed by its key. */
export function parseChainStarts(notes: string): readonly ChainStart[] | null {
  const lines = notes.split('\n')
  if (lines.pop() !== '' || lines.length % noteLines !== 0) return null
  const starts: ChainStart[] = []
  for (let at = 0; at < lines.length; at += noteLines) {
    const start = parseChainStart(`${lines.slice(at, at + noteLines).join('\n')}\n`)
    if (start === null) return null
    starts.push(start)
  }
  return starts
}

function parseChainStart(content: string): ChainStart | null {
  const note = parseNote(content)
  const [, key = '', base64 = '', replaces = '', createdAt = ''] = startText.exec(note?.text ?? '') ?? []
  const publicKey = Uint8Array.from(Buffer.from(base64, 'base64'))
  if (note === null || publicKey.length !== 32 || Number.isNaN(Date.parse(createdAt))) return null
  const fingerprint = `sha256:${key}`
  if (publicKeyFingerprint(publicKey) !== fingerprint || !verifyNote(note, { name: TRANSITION_KEY_NAME, publicKey }))
    return null
  return { fingerprint, publicKey, replaces: replaces.length === 64 ? `sha256:${replaces}` : replaces, createdAt }
}

function hexOf(fingerprint: string): string {
  return fingerprint.replace(/^sha256:/, '')
}
