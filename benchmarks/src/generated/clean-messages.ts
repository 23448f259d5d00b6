import type { Random } from './random.ts'

const openings = ['', 'Hi, ', 'hello! ', 'Please help: ', 'Good morning. ', 'ok so ', 'Sorry, ', 'Hey there, ']
const subjects = ['my order', 'the card', 'this top-up', 'my refund', 'the app', 'your last mail', 'the transfer', 'it']
const troubles = [
  'has not arrived after {n} weeks',
  'was declined twice',
  'still shows as pending',
  'cost {n} dollars more than it said',
  'does not open on my phone',
  'got cancelled, why?',
  'came with the wrong address on it',
  'keeps asking for a passcode',
  'needs to be activated',
  'was delivered to somebody else',
]
const endings = [
  '',
  ' What can I do?',
  ' Thanks',
  ' Can you check?',
  ' Is there a fee?',
  ' It is urgent!!',
  ' :(',
  ' Will it change in May?',
]

/** A message of a customer that tells nothing about anybody. */
export function cleanMessage(random: Random): string {
  const trouble = random.pick(troubles).replace('{n}', String(2 + random.below(40)))
  return `${random.pick(openings)}${random.pick(subjects)} ${trouble}.${random.pick(endings)}`.replace('?.', '?')
}
