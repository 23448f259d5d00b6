import { CustodyError } from '@custody/pipeline'

/** Somebody who can be asked. */
export interface Prompts {
  text(question: TextQuestion): Promise<string>
  choose<T extends string>(question: Choice<T>): Promise<T>
  confirm(question: { readonly message: string; readonly initial: boolean }): Promise<boolean>
}

export interface TextQuestion {
  readonly message: string
  /** An example, shown while nothing is typed. */
  readonly example?: string
  /** What stands there to begin with. */
  readonly initial?: string
  /** What is wrong with an answer; undefined for nothing. */
  readonly problem: (answer: string) => string | undefined
}

export interface Choice<T extends string> {
  readonly message: string
  readonly options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[]
  readonly initial: T
}

/** Questions on the terminal. Talk goes to stderr, as everywhere. @throws CustodyError `INTERRUPTED` on Ctrl-C */
export async function terminalPrompts(signal: AbortSignal): Promise<Prompts> {
  const clack = await import('@clack/prompts')
  const place = { input: process.stdin, output: process.stderr, signal }
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (typeof answer !== 'symbol') return answer as Exclude<T, symbol>
    throw new CustodyError('INTERRUPTED', 'Interrupted. Nothing was written.', {
      actions: ['Run the same command again.'],
    })
  }
  return {
    async text({ message, example, initial, problem }) {
      const answer = await clack.text({
        ...place,
        message,
        ...(example !== undefined && { placeholder: example }),
        ...(initial !== undefined && { initialValue: initial }),
        validate: (value) => problem(value ?? ''),
      })
      return answered(answer)
    },
    async choose<T extends string>({ message, options, initial }: Choice<T>) {
      const answer = await clack.select<string>({
        ...place,
        message,
        options: options.map((option) => ({ ...option })),
        initialValue: initial,
      })
      return answered(answer) as T
    },
    confirm: async ({ message, initial }) =>
      answered(await clack.confirm({ ...place, message, initialValue: initial })),
  }
}
