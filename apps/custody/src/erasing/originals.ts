import { dirname, resolve } from 'node:path'
import { readSealFiles } from '@custody/archive'
import { parseSeal } from '@custody/seal'

export interface OrderedArchive {
  readonly path: string
  /** The archive that this one is a copy of; null for one that is none. */
  readonly copyOf: string | null
}

/**
 * Originals first, those where archives are made before all others: of two with the same sealed id the second one is a copy. A copy that is
 * sealed anew must not become the head of the chain.
 */
export async function originalsFirst(
  archives: readonly string[],
  archiveDirectory: string,
): Promise<readonly OrderedArchive[]> {
  const home = resolve(archiveDirectory)
  const isAtHome = (path: string): boolean => dirname(resolve(path)) === home
  const originals = new Map<string, string>()
  const ordered: OrderedArchive[] = []
  for (const path of [...archives.filter(isAtHome), ...archives.filter((path) => !isAtHome(path))]) {
    const id = await sealedIdOf(path)
    const copyOf = id === null ? null : (originals.get(id) ?? null)
    if (id !== null && copyOf === null) originals.set(id, path)
    ordered.push({ path, copyOf })
  }
  return [...ordered.filter(({ copyOf }) => copyOf === null), ...ordered.filter(({ copyOf }) => copyOf !== null)]
}

/** Null for one without a seal, or that cannot be read: going through it tells why. */
async function sealedIdOf(path: string): Promise<string | null> {
  const files = await readSealFiles(path).catch(() => null)
  const text = files?.get('seal/seal.txt')
  const seal = text === undefined ? null : parseSeal(Buffer.from(text).toString('utf8'))
  return seal === null ? null : `${seal.origin} ${seal.archiveId}`
}
