import { toJoinKey } from '@custody/model'
import type { ErasureDatabase } from './erasure-database.ts'
import type { SealedBox } from './sealed-box.ts'

export function suppress({ database, box, clock }: ErasureDatabase, endUserIds: readonly string[]): void {
  database.write(() => {
    const add = database.prepare('insert into suppressed (key, since) values (?, ?) on conflict do nothing')
    for (const id of endUserIds) add.run(suppressionKey(box, id), clock.now())
  })
}

export function isSuppressed({ database, box }: ErasureDatabase, endUserId: string): boolean {
  return database.prepare('select 1 from suppressed where key = ?').get(suppressionKey(box, endUserId)) !== undefined
}

function suppressionKey(box: SealedBox, endUserId: string): Uint8Array {
  return box.hash('suppressed', toJoinKey(endUserId))
}
