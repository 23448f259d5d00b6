import { byId, element } from './element.ts'

/** A key, what it does, and the doing. */
export interface Shortcut {
  readonly key: string
  readonly does: string
  readonly act: () => void
}

/** Keys that the parts of the page have by themselves. */
const others: readonly (readonly [keys: string, does: string])[] = [
  ['↑ ↓ Page Up Page Down Home End', 'in the list: go through the conversations'],
  ['Enter', 'in the list: open the conversation'],
  ['Tab', 'go to the next part of the page'],
  ['Esc', 'close a panel; in a conversation: back to the list'],
]

/**
 * Single keys for the whole page. They are off while somebody types, and can be turned off altogether, for whoever speaks to the machine
 * or hits keys without wanting to (WCAG 2.1.4).
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const on = element('input', { type: 'checkbox', id: 'single-keys', checked: true })
  const help = byId<HTMLDialogElement>('help')
  const row = (keys: string, does: string): HTMLElement =>
    element('tr', {}, element('th', { scope: 'row' }, element('kbd', {}, keys)), element('td', {}, does))
  const close = element('button', { type: 'button' }, 'Close')
  close.addEventListener('click', () => help.close())
  help.replaceChildren(
    element('h2', { id: 'help-title' }, 'Keys'),
    element(
      'table',
      {},
      element(
        'tbody',
        {},
        ...shortcuts.map(({ key, does }) => row(key, does)),
        ...others.map(([keys, does]) => row(keys, does)),
      ),
    ),
    element('p', {}, element('label', {}, on, ' Single keys work')),
    close,
  )
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return
    if (document.querySelector('dialog[open]') !== null || !on.checked) return
    const shortcut = shortcuts.find(({ key }) => key === event.key)
    if (shortcut === undefined) return
    event.preventDefault()
    shortcut.act()
  })
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  )
}
