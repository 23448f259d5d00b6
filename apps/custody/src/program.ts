import { type Clock, systemClock } from '@custody/pipeline'
import { Command, CommanderError } from 'commander'
import type { CommandContext } from './command-context.ts'
import { archiveCommand } from './commands/archive.ts'
import { auditCommand } from './commands/audit.ts'
import { configCommand } from './commands/config.ts'
import { convertCommand } from './commands/convert.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { emulatorCommand } from './commands/emulator.ts'
import { eraseCommand } from './commands/erase.ts'
import { exportCommand } from './commands/export.ts'
import { holdCommand } from './commands/hold.ts'
import { initCommand } from './commands/init.ts'
import { keysCommand } from './commands/keys.ts'
import { proveCommand } from './commands/prove.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { redactCommand } from './commands/redact.ts'
import { reportCommand } from './commands/report.ts'
import { scheduleCommand } from './commands/schedule.ts'
import { statusCommand } from './commands/status.ts'
import { verifyCommand } from './commands/verify.ts'
import { verifyProofCommand } from './commands/verify-proof.ts'
import { viewCommand } from './commands/view.ts'
import { createConsole, type Output } from './console.ts'
import { type ExitCode, exitCodeHelp, exitCodeOf, exitCodes } from './exit-code.ts'
import { isOff, twinOf } from './flags.ts'
import { createObservers, type Observers } from './observing/observer.ts'
import { showError } from './show-error.ts'
import { version } from './version.ts'

export interface ProgramOptions {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** @defaultValue the machine's clock */
  readonly clock?: Clock
}

/** Runs one command line (without `node` and the script) and gives its exit code. Never throws. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const { stdout, stderr } = options
  const observers = createObservers((line) => createConsole(stdout, stderr, {}).warn(line))
  const code = await runObserved(args, options, observers)
  await observers.end(code)
  return code
}

async function runObserved(args: readonly string[], options: ProgramOptions, observers: Observers): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done
  const context: CommandContext = {
    clock: systemClock,
    ...options,
    console: (talk) => createConsole(options.stdout, options.stderr, talk, observers.event),
    observe: observers.add,
    end: (result) => {
      code = result
    },
  }
  const program = createProgram(context)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    const talk = { json: isSet('json', args, options.env), debug: isSet('debug', args, options.env) }
    if (error instanceof CommanderError) {
      // Commander has said it on stderr already; asking for help or the version is no error.
      if (error.exitCode === 0) return exitCodes.done
      const { code: reason } = error
      context.console(talk).event({ type: 'error', code: 'USAGE', reason, exitCode: exitCodes.usage })
      return exitCodes.usage
    }
    showError(error, context.console(talk), talk)
    return exitCodeOf(error)
  }
}

/** Whether a flag of every command was given, when the command line itself may be what is wrong. */
function isSet(name: 'json' | 'debug', args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  return args.includes(`--${name}`) || !isOff(env[twinOf(name)])
}

/** The whole command line. Commands load what they need when they run: `--help` pays for none of them. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('custody')
    .description('Archives, redacts, proves and erases Salesforce messaging conversations.')
    .version(version)
    .showSuggestionAfterError()
    // What follows a command is its own: `redact check` has flags that `redact` has too.
    .enablePositionalOptions()
  for (const command of [
    demoCommand,
    initCommand,
    doctorCommand,
    archiveCommand,
    statusCommand,
    scheduleCommand,
    reconcileCommand,
    redactCommand,
    verifyCommand,
    viewCommand,
    reportCommand,
    convertCommand,
    keysCommand,
    proveCommand,
    verifyProofCommand,
    eraseCommand,
    holdCommand,
    auditCommand,
    emulatorCommand,
    exportCommand,
    configCommand,
  ]) {
    program.addCommand(command(context))
  }
  finish(program, context)
  return program
}

function finish(command: Command, context: CommandContext): void {
  command
    .exitOverride()
    .addHelpText('after', exitCodeHelp)
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => 110,
      getErrHelpWidth: () => 110,
    })
  for (const child of command.commands) finish(child, context)
}
