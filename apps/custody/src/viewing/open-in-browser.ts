import { spawn } from 'node:child_process'

/** What opens an address in the browser of whoever is at the machine. */
export function openingCommand(platform: NodeJS.Platform): readonly [command: string, ...before: string[]] {
  if (platform === 'darwin') return ['open']
  // Not `start`: that is a word of the shell, which would read the address as more than an address.
  return platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open']
}

/** Opens an address. False where there is nothing to open it with. */
export function openInBrowser(url: string): Promise<boolean> {
  const [command, ...before] = openingCommand(process.platform)
  return new Promise((resolve) => {
    const child = spawn(command, [...before, url], { stdio: 'ignore', detached: true })
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
    child.once('error', () => resolve(false))
  })
}
