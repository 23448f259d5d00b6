import { HttpStatusError } from '@custody/http'
import { errorCodes } from './assumptions.ts'

/** Whether the org says that object or field do not exist for this user: there is none, or it may not be seen. */
export function isNotVisible(error: unknown): error is HttpStatusError {
  return (
    error instanceof HttpStatusError && error.status === 400 && errorCodes.notVisible.includes(error.errorCode ?? '')
  )
}

/** What the asking gives, or null where the object cannot be seen. */
export async function ifVisible<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking
  } catch (error) {
    if (isNotVisible(error)) return null
    throw error
  }
}
