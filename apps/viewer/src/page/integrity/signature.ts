/** `cannot-tell`: this browser does not know Ed25519. */
export type SignatureState = 'right' | 'wrong' | 'cannot-tell'

/** Whether an Ed25519 key (DER of its SubjectPublicKeyInfo) made this signature. */
export async function verifyEd25519(
  key: Uint8Array<ArrayBuffer> | null,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<SignatureState> {
  if (key === null || signature.length !== 64) return 'wrong'
  const { subtle } = crypto
  // Only pages that the browser trusts have it.
  if (subtle === undefined) return 'cannot-tell'
  try {
    const imported = await subtle.importKey('spki', key, { name: 'Ed25519' }, false, ['verify'])
    return (await subtle.verify({ name: 'Ed25519' }, imported, signature, message)) ? 'right' : 'wrong'
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotSupportedError' ? 'cannot-tell' : 'wrong'
  }
}
