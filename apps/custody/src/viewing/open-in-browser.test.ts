import { expect, test } from 'vitest'
import { openingCommand } from './open-in-browser.ts'

test('no shell reads the address, on any system', () => {
  const commands = (['darwin', 'win32', 'linux', 'freebsd'] as const).map((platform) => openingCommand(platform)[0])
  expect(commands).toEqual(['open', 'rundll32', 'xdg-open', 'xdg-open'])
})
