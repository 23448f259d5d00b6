import { SqlError } from './sql-error.ts'

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s?(?:(Z|UTC)|([+-])(\d\d):?(\d\d)?)?$/i

/**
 * Reads a timestamp as people write it into a filter; without a zone it is UTC.
 *
 * @throws SqlError `22007`
 */
export function timestampOf(text: string, position?: number): number {
  const match = pattern.exec(text.trim())
  if (!match) throw new SqlError('22007', `invalid input syntax for type timestamptz: "${text}"`, position)
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', , sign, offset = '0', more = '0'] =
    match
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  const date = new Date(Date.UTC(y, m - 1, d))
  const impossible = date.getUTCMonth() !== m - 1 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 59
  if (impossible) throw new SqlError('22008', `date/time field value out of range: "${text}"`, position)
  const time = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1_000
  const zone = (Number(offset) * 60 + Number(more)) * (sign === '-' ? -60_000 : 60_000)
  return date.getTime() + time + Number(`0.${fraction || '0'}`) * 1_000 - zone
}
