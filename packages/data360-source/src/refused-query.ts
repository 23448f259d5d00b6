import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'

/** The objects a query names. */
const objectName = /\b(?:FROM|JOIN) ([A-Za-z_][A-Za-z0-9_]*)/g

/** Statuses by which a query is refused for what it says; over Connect also a 500 with one of the codes below. */
const refusals: readonly number[] = [400, 404, 422]

/**
 * Runs the call that submits a query. What the server has against a query stays in its answer; where a query of ours can be
 * wrong are the names in it.
 *
 * @throws CustodyError `DATA360_QUERY_REFUSED`
 */
export async function submitted<T>(sql: string, submit: () => Promise<T>): Promise<T> {
  try {
    return await submit()
  } catch (error) {
    if (!(error instanceof HttpStatusError)) throw error
    const isRefusal = refusals.includes(error.status) || (error.status === 500 && error.errorCode === 'BAD_REQUEST')
    if (!isRefusal) throw error
    const objects = [...new Set([...sql.matchAll(objectName)].map((match) => match[1]))]
    const code = error.errorCode === null ? '' : `, ${error.errorCode}`
    throw new CustodyError(
      'DATA360_QUERY_REFUSED',
      `Data 360 refused a query over ${objects.join(', ')} (HTTP ${error.status}${code}).`,
      {
        cause: error,
        actions: [
          'Check in Data 360 that these objects exist in the data space under these names; name them (option names) if they have others.',
          'Check that the execution user has a Data 360 permission set.',
        ],
      },
    )
  }
}
