/** Signs with one Ed25519 key. Where the key is, in a file, a process, a device, only the signer knows. */
export interface Signer {
  /** The raw public key: 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array
  /** The pure Ed25519 signature (RFC 8032, no prehash) over the message: 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>
}
