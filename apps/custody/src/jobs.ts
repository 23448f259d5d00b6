import { usageError } from '@custody/pipeline'

/**
 * What `--jobs` asks for; undefined where it is left out.
 *
 * @throws CustodyError `OPTION_MALFORMED` of kind usage
 */
export function jobsOf({ jobs }: { readonly jobs?: number | undefined }): number | undefined {
  if (jobs === undefined || jobs >= 1) return jobs
  throw usageError('OPTION_MALFORMED', `--jobs needs a whole number of at least 1, not ${jobs}.`)
}
