import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

const keys: KeyObject[] = []

/**
 * The private key of an app, whose certificate "was uploaded" to it. Made when first asked for, once in the process, never written
 * anywhere: an org that nobody signs in to by JWT bearer pays nothing.
 */
export function appKey(app: number): KeyObject {
  keys[app] ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return keys[app]
}

/** The same in PEM, as a person has it in a file. */
export function appKeyPem(app: number): string {
  return appKey(app).export({ format: 'pem', type: 'pkcs8' }).toString()
}

export function appPublicKey(app: number): KeyObject {
  return createPublicKey(appKey(app))
}
