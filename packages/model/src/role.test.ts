import { expect, it } from 'vitest'
import { toRole } from './index.ts'

it.each([
  ['EndUser', 'end-user'],
  ['END_USER', 'end-user'],
  ['End User', 'end-user'],
  ['Agent', 'agent'],
  ['Chatbot', 'bot'],
  ['CHATBOT', 'bot'],
  ['Bot', 'bot'],
  ['System', 'system'],
  ['Router', 'system'],
  ['Supervisor', 'supervisor'],
  ['Translator', 'other'],
  ['', 'other'],
  ['constructor', 'other'],
  ['Agent'.repeat(1000), 'other'],
  [null, 'other'],
  [undefined, 'other'],
  [{ role: 'Agent' }, 'other'],
])('%j is %s', (vendorRole, role) => {
  expect(toRole(vendorRole)).toBe(role)
})
