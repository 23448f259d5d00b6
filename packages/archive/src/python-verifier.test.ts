import { createPublicKey, verify as nodeVerify } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeSeal, makeTransition, parseSeal, publicKeyPem, sealDigest, sshPublicKey } from '@custody/seal'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { prove } from './prove.ts'
import { folderOf } from './testing/bag-files.ts'
import { buildZip } from './testing/build-zip.ts'
import { hostileZips } from './testing/hostile-zips.ts'
import { invalidBags, writeInvalidBag } from './testing/invalid-bags.ts'
import { sealBy, sealed, testSigner } from './testing/python-seals.ts'
import { startPythonVerifier, verifyFolder } from './testing/python-verifier.ts'
import { eraseFirst, erasureId } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'
import { verifyProof } from './verify-proof.ts'

const python = startPythonVerifier()
afterAll(() => python.close())

const signer = testSigner(1)

function keyFile(text: string = publicKeyPem(signer.publicKey)): string {
  const file = join(temporaryFolder(), 'key')
  writeFileSync(file, text)
  return file
}

test('x', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(5), { seal: sealBy(signer) })
  console.log((await python.check(path)).output)
  console.log((await python.check(path, '--key', keyFile())).output)
  const { path: zip } = await writeArchive(temporaryFolder(), sampleSource(5), { seal: sealBy(signer), container: 'zip' })
  console.log((await python.check(zip, '--key', keyFile(sshPublicKey(signer.publicKey)))).output)
  const erased = await sealed(eraseFirst(await richBagFiles()))
  console.log((await python.check(folderOf(erased), '--key', keyFile())).output)
  console.log((await python.check(folderOf(erased), '--key', keyFile(publicKeyPem(testSigner(2).publicKey)))).output)
})
