import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { errorCodes } from './wire.ts'

/** Whether the org says that object or field do not exist for this user. */
export function isNotVisible(error: unknown): error is HttpStatusError {
  return (
    error instanceof HttpStatusError && error.status === 400 && errorCodes.notVisible.includes(error.errorCode ?? '')
  )
}

export function notVisible(object: string, cause: HttpStatusError): CustodyError {
  return new CustodyError(
    'CENSUS_OBJECT_NOT_VISIBLE',
    `The execution user cannot see ${object}, or one of its fields (${cause.errorCode}).`,
    {
      kind: 'sign-in',
      cause,
      actions: [
        `Give the execution user read access to ${object} and the fields the census asks for (archive --plan prints them).`,
        'Check that apiVersion is one in which the object exists.',
      ],
    },
  )
}
