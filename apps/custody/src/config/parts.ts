import { z } from 'zod'
import type { SecretReference } from './secret.ts'

export const secret: z.ZodType<SecretReference> = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: 'must name where the secret is: { env: NAME } or { file: PATH }',
  })
  .describe('Where a secret is read from: { env: NAME } or { file: PATH }. Never the secret itself.')

export const address: z.ZodType<string> = z
  .string()
  .refine(isAllowedAddress, { error: 'must be an https: address (http: only for a loopback host)' })
  .describe('An https: address without a path; http: is accepted for loopback hosts alone.')

export const authorityAddress: z.ZodType<string> = z
  .string()
  .refine((text) => URL.canParse(text) && isAuthority(new URL(text)), {
    error: 'must be an https: or http: address without a user',
  })
  .describe('Its answers are signed and bound to the question, so http: is safe here, and common.')

export const count: z.ZodNumber = z.number().int().min(1).max(1_000_000)
export const floor: z.ZodNumber = z.number().int().min(0).max(1_000_000)

function isAllowedAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

function isAuthority({ protocol, username, password }: URL): boolean {
  return ['https:', 'http:'].includes(protocol) && username === '' && password === ''
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
