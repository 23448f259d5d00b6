import type { Candidate } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'
import { candidateText } from './candidate-lines.ts'

/** Somebody who can be asked who a person is. */
export interface AskWho {
  /** Gives the ids of those it is; none for nobody. Those of `initial` are chosen to begin with. */
  choose(question: {
    readonly message: string
    readonly options: readonly Option[]
    readonly initial: readonly string[]
  }): Promise<readonly string[]>
  /** Gives an operator's id. */
  operator(message: string): Promise<string>
}

interface Option {
  readonly value: string
  readonly label: string
  readonly hint: string
}

/** Asks for one request: exact matches are chosen to begin with, near ones are not. */
export async function askWho(
  ask: AskWho,
  reference: string,
  candidates: readonly Candidate[],
): Promise<readonly string[]> {
  return await ask.choose({
    message: `${reference}: which of these are the person? Space chooses, Enter ends; nobody is an answer too.`,
    options: candidates.map((candidate) => ({ value: candidate.endUserId, ...candidateText(candidate) })),
    initial: candidates.filter(({ isNear }) => !isNear).map(({ endUserId }) => endUserId),
  })
}

/** Questions on the terminal. @throws CustodyError `INTERRUPTED` on Ctrl-C */
export async function askOnTerminal(signal: AbortSignal): Promise<AskWho> {
  const clack = await import('@clack/prompts')
  const place = { input: process.stdin, output: process.stderr, signal }
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (typeof answer !== 'symbol') return answer as Exclude<T, symbol>
    throw new CustodyError('INTERRUPTED', 'Interrupted. Nothing was decided.', {
      actions: ['Run the same command again.'],
    })
  }
  return {
    async choose({ message, options, initial }) {
      const answer = await clack.multiselect<string>({
        ...place,
        message,
        options: options.map((option) => ({ ...option })),
        initialValues: [...initial],
        required: false,
      })
      return answered(answer)
    },
    operator: async (message) => answered(await clack.text({ ...place, message })).trim(),
  }
}
