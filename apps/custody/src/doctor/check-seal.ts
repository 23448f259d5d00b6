import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { listKeys } from '@custody/keys'
import type { SealConfig } from '../config/seal-schema.ts'
import { openSealSigner } from '../sealing/open-signer.ts'
import { about, type Finding, fail, ok, skipped, warn } from './finding.ts'
import { openModeOf } from './secret-files.ts'

export interface CheckSealOptions {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** The key that seals: there, private, opened with its passphrase. Nothing is signed: a device may want to be touched for that. */
export async function checkSealKey(
  seal: SealConfig | undefined,
  { env, signal }: CheckSealOptions,
): Promise<readonly Finding[]> {
  if (seal === undefined) return [skipped('seal is not in the configuration: archives bear no seal')]
  const { fingerprint } = await openSealSigner(seal, env, signal)
  if (seal.signer !== undefined) return [await signerFinding(seal.signer.command[0] ?? '', env)]
  const { warnings } = await listKeys({ directory: seal.keys })
  const mode = openModeOf(seal.keys)
  return [
    ok(`opened; its fingerprint is ${fingerprint}`),
    ...warnings.map((message) => about('directory', warn('KEY_DIRECTORY', message, 'See: custody keys list'))),
    ...(mode === null
      ? []
      : [
          about(
            'directory',
            warn(
              'KEY_DIRECTORY_OPEN',
              `${seal.keys} has mode ${mode}: others may look into it.`,
              `chmod 700 ${seal.keys}`,
            ),
          ),
        ]),
    ...(seal.passphrase === undefined
      ? [
          about(
            'passphrase',
            warn(
              'KEY_NOT_ENCRYPTED',
              'The private key lies open in its file: whoever copies it can seal as you.',
              'Set seal.passphrase and make a new key: custody keys rotate',
            ),
          ),
        ]
      : []),
  ]
}

async function signerFinding(program: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const places = isAbsolute(program) || program.includes('/') ? [''] : (env['PATH'] ?? '').split(delimiter)
  for (const place of places) {
    try {
      await access(place === '' ? program : join(place, program), constants.X_OK)
      return ok('the public key of the signing program is in order; the program is there, and was not run')
    } catch {
      // Perhaps in the next place.
    }
  }
  return fail('SIGNER_MISSING', `The signing program ${program} is not there.`, 'Correct seal.signer.command.')
}
