/** What is wrong with a statement, by its SQLSTATE. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly sqlState: string
  /** Where in the text, counted from 0. */
  readonly position: number | undefined

  constructor(sqlState: string, message: string, position?: number) {
    super(message)
    this.sqlState = sqlState
    this.position = position
  }
}

export function syntaxError(message: string, position: number): SqlError {
  return new SqlError('42601', message, position)
}

/** What SQL knows and this engine does not: refused, never ignored. */
export function unsupported(what: string, position?: number): SqlError {
  return new SqlError('0A000', `${what} is not supported by the simulated engine`, position)
}
