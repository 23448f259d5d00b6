import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { encodeSshSignature, SEAL_PRINCIPAL, type Signer, sshPublicKey, sshSignedData } from '@custody/seal'
import { shellWord } from '../shell-word.ts'

/** Of signatures over reports: one made over a seal is none here, and the other way round. */
export const REPORT_NAMESPACE = 'custody-report'

export interface SignedFilesOptions {
  readonly directory: string
  /** What the files are called, without the part after the dot. */
  readonly name: string
  /** Content by ending: `json`. */
  readonly files: Readonly<Record<string, string>>
  /** Null: no signatures. */
  readonly signer: Signer | null
}

/**
 * Writes files, each with a detached signature beside it that `ssh-keygen -Y verify` checks, and the line it checks it with. Nothing is
 * overwritten, and every name is looked at before the first is written.
 *
 * @returns the paths, in the order written
 * @throws CustodyError `ERASURE_REPORT_EXISTS` (refused); what the disk refuses
 */
export async function writeSignedFiles({
  directory,
  name,
  files,
  signer,
}: SignedFilesOptions): Promise<readonly string[]> {
  const all: [name: string, content: string][] = []
  for (const [ending, content] of Object.entries(files)) {
    all.push([`${name}.${ending}`, content])
    if (signer !== null) all.push([`${name}.${ending}.sig`, await signatureOf(content, signer)])
  }
  if (signer !== null) all.push([allowedSignersName(name), allowedSigners(signer.publicKey)])
  await mkdir(directory, { recursive: true })
  for (const [file] of all) if (existsSync(join(directory, file))) throw exists(join(directory, file))
  for (const [file, content] of all) await writeNew(join(directory, file), content)
  return all.map(([file]) => join(directory, file))
}

/** Where the `allowed_signers` of such files is. */
export function allowedSignersName(name: string): string {
  return `${name}.allowed_signers`
}

/** What somebody types who wants to check one of the files. */
export function verifyLine(directory: string, name: string, ending: string): string {
  const [file, signers] = [`${name}.${ending}`, allowedSignersName(name)].map((each) =>
    shellWord(join(directory, each)),
  )
  return `ssh-keygen -Y verify -f ${signers} -I ${SEAL_PRINCIPAL} -n ${REPORT_NAMESPACE} -s ${file}.sig < ${file}`
}

async function signatureOf(content: string, signer: Signer): Promise<string> {
  return encodeSshSignature(
    signer.publicKey,
    await signer.sign(sshSignedData(Buffer.from(content), REPORT_NAMESPACE)),
    REPORT_NAMESPACE,
  )
}

function allowedSigners(publicKey: Uint8Array): string {
  return `${SEAL_PRINCIPAL} namespaces="${REPORT_NAMESPACE}" ${sshPublicKey(publicKey)}\n`
}

async function writeNew(path: string, content: string): Promise<void> {
  const handle = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? exists(path) : error
  })
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function exists(path: string): CustodyError {
  return new CustodyError('ERASURE_REPORT_EXISTS', `${path} is there already, and a report is never overwritten.`, {
    kind: 'refused',
    actions: ['Name another folder, or run it again in a second.'],
  })
}
