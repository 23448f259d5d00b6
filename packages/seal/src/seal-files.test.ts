import { expect, test } from 'vitest'
import { inspectSeal } from './inspect-seal.ts'
import { publicKeyFingerprint } from './public-key.ts'
import { makeSealFiles } from './seal-files.ts'
import { testSigner } from './testing/keys.ts'
import { erasedSeal, sampleSeal, supersede } from './testing/seals.ts'

test('what is made is found sound', async () => {
  const seal = sampleSeal()
  const files = await makeSealFiles({ seal, signer: testSigner(1) })
  expect([...files.keys()]).toEqual([
    'seal/seal.txt',
    'seal/seal.note',
    'seal/seal.txt.ed25519',
    'seal/seal.txt.sig',
    'seal/signer.pub',
    'seal/allowed_signers',
    'seal/records.checkpoint',
    'seal/seal-manifest.note',
  ])
  const inspection = inspectSeal(files, { bag: seal })
  expect(inspection).toMatchObject({ seal, trust: 'not-compared', time: null, superseded: [], findings: [] })
  expect(inspection.key).toBe(publicKeyFingerprint(testSigner(1).publicKey))
  const erased = erasedSeal(seal)
  const after = await supersede(files, erased)
  expect(inspectSeal(after, { bag: erased })).toMatchObject({ superseded: [inspection.digest], findings: [] })
})
