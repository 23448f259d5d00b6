import { PassThrough } from 'node:stream'
import { exitCodeHelp } from '../../apps/custody/src/exit-code.ts'
import { createProgram } from '../../apps/custody/src/program.ts'

type Command = ReturnType<typeof createProgram>

/** Every command with its arguments and flags, and the exit codes: what scripts rely on. */
export function commandSurface(): string {
  const program = createProgram({
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: {},
    signal: new AbortController().signal,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    console: () => {
      throw new Error('no command is run')
    },
    observe: () => undefined,
    end: () => undefined,
  })
  return `${leavesOf(program).map(described).join('\n\n')}\n${exitCodeHelp}\n`
}

/** Commands that can be run: those that are no mere groups. */
function leavesOf(command: Command): readonly Command[] {
  const below = command.commands.flatMap(leavesOf)
  return command.commands.length === 0 || command.registeredArguments.length > 0 ? [command, ...below] : below
}

function described(command: Command): string {
  const takes = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '…' : ''}`
    return argument.required ? ` ${name}` : ` [${name}]`
  })
  const flags = command.options
    .map(({ flags, mandatory, hidden, argChoices, defaultValue }) =>
      [
        `  ${flags}`,
        ...(mandatory ? ['required'] : []),
        ...(hidden ? ['hidden'] : []),
        ...(argChoices ? [argChoices.join('|')] : []),
        ...(defaultValue === undefined ? [] : [`default ${JSON.stringify(defaultValue)}`]),
      ].join('  '),
    )
    .sort()
  return [`${pathOf(command)}${takes.join('')}`, ...flags].join('\n')
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}
