import { mapRecords, type Stage } from '@custody/pipeline'

/** Lets the first `limit` records through and drops the others, counted under the reason `limit`. */
export function limitRecords<T extends NonNullable<unknown>>(limit: number, onDrop: () => void): Stage<T, T> {
  let passed = 0
  return mapRecords<T, T>({
    name: 'limit',
    map: (record, { drop }) => {
      if (passed++ < limit) return record
      onDrop()
      return drop('limit')
    },
  })
}
