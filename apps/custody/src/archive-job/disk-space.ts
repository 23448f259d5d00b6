import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import type { Console } from '../console.ts'
import { type FreeBytes, freeBytes, nearestExisting } from '../doctor/check-disk.ts'
import { bytes } from '../doctor/words.ts'
import type { ArchiveJob } from './archive-job.ts'
import { count } from './progress.ts'

/**
 * What a conversation takes while its archive is written, in bytes: unzipped beside the ZIP, and in the state its answers and its
 * entries' digests. Measured with conversations of 18 entries; files that messages carry come on top.
 */
const perConversation = { archive: 32 * 1024, state: 16 * 1024 }

/** With less than this share of it free, a run would end for want of space whatever its conversations are like. */
const hopeless = 1 / 4

type Places = Pick<ArchiveJob, 'archive' | 'config'>

/**
 * Holds what a run is going to take against what is free, before any conversation is read.
 *
 * @throws CustodyError `DISK_TOO_SMALL` (refused)
 */
export async function assertDiskSpace(
  { archive, config }: Places,
  conversations: number,
  console: Console,
  free: FreeBytes = freeBytes,
): Promise<void> {
  const needs = await byDisk([
    { directory: archive.directory, neededBytes: conversations * perConversation.archive },
    { directory: config.state.directory, neededBytes: conversations * perConversation.state },
  ])
  for (const { directory, at, neededBytes } of needs) {
    const left = await free(at)
    console.event({ type: 'disk-space', directory, freeBytes: left, neededBytes })
    const words = `${count(conversations)} conversations take about ${bytes(neededBytes)} in ${directory} while they are archived, and ${bytes(left)} are free`
    if (left < neededBytes * hopeless) {
      throw new CustodyError('DISK_TOO_SMALL', `${words}.`, {
        kind: 'refused',
        actions: ['Make room, name another directory (--out, state.directory), or archive a shorter window.'],
      })
    }
    if (left < neededBytes) console.warn(`${words}: it may not do. What is read is kept, should it end early.`)
  }
}

interface Need {
  readonly directory: string
  /** What is there of its path. */
  readonly at: string
  readonly neededBytes: number
}

/** What is needed on each disk: archives and state may stand on one. */
async function byDisk(wanted: readonly Omit<Need, 'at'>[]): Promise<readonly Need[]> {
  const disks = new Map<number, Need>()
  for (const { directory, neededBytes } of wanted) {
    const at = await nearestExisting(resolve(directory))
    const { dev } = await stat(at)
    const known = disks.get(dev)
    disks.set(dev, known ? { ...known, neededBytes: known.neededBytes + neededBytes } : { directory, at, neededBytes })
  }
  return [...disks.values()]
}
