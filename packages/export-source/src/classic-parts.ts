import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { toJoinKey } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { classicPartName } from './assumptions.ts'
import { unreadable } from './failure.ts'

/** The parts of a classic Data Export. */
export interface ClassicParts {
  readonly orgId: string
  readonly parts: readonly { readonly number: number; readonly path: string }[]
  /** Numbers below the highest one that are not there. */
  readonly missing: readonly number[]
}

/** Whether a file is called like a part of a classic Data Export. */
export function isClassicPart(path: string): boolean {
  return classicPartName.test(basename(path))
}

/**
 * Finds the parts among files and folders. Whether any follow the highest number, no part says.
 *
 * @throws CustodyError `EXPORT_UNREADABLE`, `EXPORT_NOT_CLASSIC`, `EXPORT_PARTS_MIXED`, `EXPORT_PARTS_MISSING`
 */
export async function findClassicParts(paths: readonly string[], allowMissing: boolean): Promise<ClassicParts> {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  const parts = new Map<number, string>()
  const orgs = new Set<string>()
  for (const path of files) {
    const [, org = '', digits = ''] = classicPartName.exec(basename(path)) ?? []
    if (org === '') continue
    const number = Number(digits)
    if (parts.has(number)) throw mixed(`part ${number} is there twice`)
    parts.set(number, path)
    orgs.add(toJoinKey(org))
  }
  const [orgId, ...others] = orgs
  if (orgId === undefined) {
    throw new CustodyError(
      'EXPORT_NOT_CLASSIC',
      'There is no part of a classic Data Export (WE_<org id>_<n>.ZIP) here.',
      {
        kind: 'not-found',
        actions: ['Name the ZIPs, or the folder that holds them; leave their names as they were downloaded.'],
      },
    )
  }
  if (others.length > 0) throw mixed('they are of several orgs')
  const highest = Math.max(...parts.keys())
  const missing = Array.from({ length: highest }, (_, index) => index + 1).filter((number) => !parts.has(number))
  if (missing.length > 0 && !allowMissing) {
    const some = missing.slice(0, 20).join(', ')
    throw new CustodyError(
      'EXPORT_PARTS_MISSING',
      `Parts ${some} of the Data Export are missing, of ${highest} or more.`,
      {
        actions: ['Download them: they are kept for 48 hours. Or allow it; the records in them will be missing.'],
      },
    )
  }
  const sorted = [...parts].sort(([a], [b]) => a - b).map(([number, path]) => ({ number, path }))
  return { orgId, parts: sorted, missing }
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    return (await readdir(path)).sort().map((name) => join(path, name))
  } catch (error) {
    throw unreadable(path, error)
  }
}

function mixed(why: string): CustodyError {
  return new CustodyError('EXPORT_PARTS_MIXED', `These parts are not of one Data Export: ${why}.`, {
    actions: ['Keep each export in a folder of its own.'],
  })
}
