export { type FileLock, holderText, type Locked, type LockHolder, lockFile } from './lock-file.ts'
