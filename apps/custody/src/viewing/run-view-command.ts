import { once } from 'node:events'
import { browseArchive } from '@custody/archive'
import type { CommandContext } from '../command-context.ts'
import type { ViewFlags } from '../commands/view.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { openInBrowser } from './open-in-browser.ts'
import { serveArchive } from './serve-archive.ts'

/** Runs `custody view` until it is stopped, which is how it is meant to end. */
export async function runViewCommand(path: string, flags: ViewFlags, context: CommandContext): Promise<ExitCode> {
  const { signal } = context
  const console = context.console(flags)
  await using archive = await browseArchive(path)
  await using server = await serveArchive(archive, { port: flags.port })
  console.event({ type: 'view-start', archive: archive.run.archive, url: server.url })
  console.data(server.url)
  console.talk('Only this machine can reach it, and only by this address; Ctrl-C ends it.')
  console.talk('Nothing was verified: the page does it under Integrity, custody verify does it better.')
  if (flags.open && !(await openInBrowser(server.url)))
    console.warn('No browser could be opened: open the address above.')
  if (!signal.aborted) await once(signal, 'abort')
  return exitCodes.done
}
