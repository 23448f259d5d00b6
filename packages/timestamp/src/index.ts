export { type CheckTimestampOptions, checkTimestamp, type TimestampCheck } from './check-timestamp.ts'
export type { TimestampFinding, TimestampFindingCode } from './finding.ts'
export {
  createTimestampAuthority,
  type Timestamp,
  type TimestampAuthority,
  type TimestampAuthorityOptions,
} from './timestamp-authority.ts'
export { encodeTimestampQuery, type TimestampQuery } from './timestamp-query.ts'
