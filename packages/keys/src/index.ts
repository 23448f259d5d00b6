export { type CommandSignerOptions, commandSigner } from './command-signer.ts'
export {
  type ExportPrivateKeyOptions,
  type ExportPublicKeyOptions,
  exportPrivateKey,
  exportPublicKey,
  type PublicKeyExport,
} from './export-key.ts'
export { type InitKeyOptions, initKey } from './init-key.ts'
export { type KeyList, type ListedKey, listKeys } from './list-keys.ts'
export type { NewKey } from './new-key.ts'
export { type KeySigner, type OpenSignerOptions, openSigner } from './open-signer.ts'
export type { RandomBytes } from './pbes2.ts'
export { type RotateKeyOptions, rotateKey } from './rotate-key.ts'
