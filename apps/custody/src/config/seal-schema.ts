import { z } from 'zod'
import { authorityAddress, secret } from './parts.ts'
import type { SecretReference } from './secret.ts'

/** How archives are sealed. */
export interface SealConfig {
  /** The directory of `custody keys`. */
  readonly keys: string
  /** What the private key is encrypted with, if it is. */
  readonly passphrase?: SecretReference | undefined
  /** A program that signs, where the private key is not ours to read. */
  readonly signer?: { readonly command: readonly string[]; readonly publicKey: string } | undefined
  readonly timestamp?: { readonly url: string; readonly certificates?: string | undefined } | undefined
}

export const sealSchema: z.ZodType<SealConfig> = z
  .strictObject({
    keys: z.string().min(1).default('./.custody/keys').describe('The directory that custody keys init fills.'),
    passphrase: secret.optional().describe('What the private key is encrypted with.'),
    signer: z
      .strictObject({
        command: z
          .array(z.string().min(1))
          .min(1)
          .describe('Program and arguments; no shell. Message in, signature out.'),
        publicKey: z.string().min(1).describe('File with its Ed25519 public key.'),
      })
      .optional()
      .describe('An external program that signs, in place of a private key in a file.'),
    timestamp: z
      .strictObject({
        url: authorityAddress.describe('A time authority, RFC 3161.'),
        certificates: z.string().min(1).optional().describe('PEM file of the certificates it is checked against.'),
      })
      .optional()
      .describe('Has the time of each seal confirmed by an authority. Only a hash leaves the machine.'),
  })
  .describe('Seals archives, and keeps an audit log.')
