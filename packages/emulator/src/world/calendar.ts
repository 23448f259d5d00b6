import { usageError } from '@custody/pipeline'

/** The month (or months) a world is about, as epoch milliseconds, half-open. */
export interface Month {
  readonly from: number
  readonly to: number
}

/** One month, or several that follow one another. @throws CustodyError `EMULATOR_MONTH` when the text is no month. */
export function monthOf(text: string, months = 1): Month {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text)
  if (!match) throw usageError('EMULATOR_MONTH', 'month must look like 2026-10')
  const year = Number(match[1])
  const month = Number(match[2])
  return { from: Date.UTC(year, month - 1, 1), to: Date.UTC(year, month - 1 + months, 1) }
}
