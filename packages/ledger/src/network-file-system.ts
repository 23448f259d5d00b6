import { statfsSync } from 'node:fs'
import { CustodyError } from '@custody/pipeline'

/** statfs(2), `f_type`, and linux/magic.h. Each shares files between machines, or forwards them to another kernel. */
const names: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x786f4256, 'a VirtualBox share'],
])

/**
 * Refuses a directory on a network file system: the locks and the shared memory that SQLite's WAL stands on do not work
 * there. Only Linux tells which is which, and not for FUSE.
 *
 * @throws CustodyError of kind refused, `LEDGER_NETWORK_FILE_SYSTEM`.
 */
export function assertLocalFileSystem(directory: string, typeOf: (path: string) => number | null = typeOnLinux): void {
  const type = typeOf(directory)
  // Some kernels give the number with its sign.
  const name = type === null ? undefined : names.get(type >>> 0)
  if (name === undefined) return
  throw new CustodyError('LEDGER_NETWORK_FILE_SYSTEM', `The state directory ${directory} is on ${name}.`, {
    kind: 'refused',
    actions: ['Put `state.directory` on a disk of this machine.'],
  })
}

function typeOnLinux(path: string): number | null {
  return process.platform === 'linux' ? statfsSync(path).type : null
}
