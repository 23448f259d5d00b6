import { makeTransition } from '../key-transition.ts'
import { makeSealFiles } from '../seal-files.ts'
import { encodeSeal, type Seal } from '../seal-text.ts'
import { testSigner } from './keys.ts'
import { erasedSeal, type Files, nextSeal, sampleSeal, supersede } from './seals.ts'

/** Every file a seal can have: second of its chain, key changed twice, superseded twice, with a token of time each. */
export interface FullSeal {
  readonly files: Files
  readonly seal: Seal
  /** The seals it superseded, the latest first. */
  readonly superseded: readonly Seal[]
  readonly transitions: string
}

export async function fullSeal(): Promise<FullSeal> {
  const first = sampleSeal()
  const [a, b, c] = [testSigner(1), testSigner(2), testSigner(3)]
  const ab = await makeTransition({ from: a, to: b, created: '2026-12-01T00:00:00.000Z' })
  const bc = await makeTransition({ from: b, to: c, created: '2027-01-01T00:00:00.000Z' })
  const timestamp = async (note: Uint8Array): Promise<{ response: Uint8Array; chainPem: string }> => ({
    response: Buffer.concat([Buffer.from('token over '), note.subarray(-20)]),
    chainPem: 'certificates\n',
  })
  const prevSeal = encodeSeal(first)
  const original = nextSeal(first)
  const once = erasedSeal(original)
  const twice = erasedSeal(once)
  const originalFiles = await makeSealFiles({ seal: original, signer: a, prevSeal, timestamp })
  const onceFiles = await supersede(originalFiles, once, { signer: b, prevSeal, timestamp, transitions: ab })
  const transitions = ab + bc
  const files = await supersede(onceFiles, twice, { signer: c, prevSeal, timestamp, transitions })
  return { files, seal: twice, superseded: [once, original], transitions }
}
