import { otherIdentifier } from '../ids.ts'
import { Random } from '../random.ts'
import { cardNumber, iban } from './banking.ts'
import type { Outline } from './outline.ts'
import type { Person } from './people.ts'
import { hostileTexts } from './phrases/hostile.ts'
import type { Detail } from './phrases/phrases.ts'
import { purpose } from './purposes.ts'
import { type Step, topicOf } from './script.ts'

/** Personal data that stands in a text, word for word. */
export interface Planted {
  readonly type: 'NAME' | 'FIRST_NAME' | 'PHONE' | 'EMAIL' | 'CARD' | 'IBAN' | 'ADDRESS'
  readonly literal: string
}

export interface Written {
  readonly text: string
  readonly planted: readonly Planted[]
}

/** What a person writes at a step. */
export function textOf(seed: number, outline: Outline, person: Person, step: Step): Written {
  if (step.text !== undefined) return { text: step.text, planted: [] }
  const random = new Random(seed, purpose.text, outline.index, step.number)
  if (step.cue.startsWith('hostile:')) {
    return { text: hostileTexts[Number(step.cue.slice(8))] as string, planted: [] }
  }
  if (step.cue === 'long') return longText(random, outline, person, step)
  const written = fill(template(random, outline, person, step), random, outline, person, step)
  return random.chance(0.03) ? { ...written, text: `${written.text} ${random.pick(emoji)}` } : written
}

const emoji = ['😀', '🙄', '❤️', '🏳️‍🌈', '👨‍👩‍👧‍👦', '👍🏽', '🇵🇹']

function template(random: Random, outline: Outline, { locale }: Person, { cue, role }: Step): string {
  const { phrases } = locale
  if (cue.startsWith('ask:')) return phrases.ask[cue.slice(4) as Detail]
  if (cue.startsWith('give:')) return random.pick(phrases.give[cue.slice(5) as Detail])
  switch (cue) {
    case 'hello':
      return role === 'Chatbot' ? phrases.bot.hello : random.pick(phrases.hello)
    case 'menu':
      return phrases.bot.menu
    case 'handover':
      return phrases.bot.handover
    case 'open':
      return random.pick(phrases.topics[topicOf(outline)].open)
    case 'answer':
      return random.pick(phrases.topics[topicOf(outline)].answer)
    case 'thanks':
      return random.pick(phrases.thanks)
    case 'bye':
      return random.pick(phrases.bye)
    case 'late':
      return phrases.late
    default:
      return random.pick(role === 'EndUser' ? phrases.customer : phrases.agent)
  }
}

/** Fills the slots of a template, and says which personal data it put there. */
export function fill(text: string, random: Random, outline: Outline, person: Person, step: Step): Written {
  if (!text.includes('{')) return { text, planted: [] }
  const planted: Planted[] = []
  const put = (type: Planted['type'], value: string): string => {
    planted.push({ type, literal: value })
    return value
  }
  const filled = text.replace(/\{(\w+)\}/g, (whole, slot: string) => {
    switch (slot) {
      case 'name':
        return put('NAME', person.name)
      case 'first':
        return put('FIRST_NAME', person.firstName)
      case 'phone':
        return put('PHONE', random.pick([person.phone.e164, person.phone.international, person.phone.national]))
      case 'email':
        return put('EMAIL', person.email)
      case 'card':
        return put('CARD', cardNumber(random))
      case 'iban':
        return put('IBAN', iban(random, person.locale.iban))
      case 'address':
        return put('ADDRESS', person.address)
      case 'order':
        return `HP-${new Random(outline.index, purpose.text).digits(6)}`
      case 'product':
        return random.pick(person.locale.phrases.products)
      case 'amount':
        return `${person.locale.currency}${random.between(12, 890)}.${random.digits(2)}`
      case 'city':
        return random.pick(person.locale.cities).name
      case 'agent':
        return outline.agents[Math.min(step.session, outline.agents.length - 1)]?.firstName ?? ''
      default:
        return whole
    }
  })
  return { text: filled, planted }
}

/** At least twenty thousand characters with personal data at their very end. */
function longText(random: Random, outline: Outline, person: Person, step: Step): Written {
  const { customer, agent } = person.locale.phrases
  const parts: string[] = []
  for (let length = 0; length < 20_000; ) {
    const part = random.pick(random.chance(0.5) ? customer : agent)
    parts.push(part)
    length += part.length + 1
  }
  const signature = fill('{name}, {phone}, {email}', random, outline, person, step)
  return { text: `${parts.join(' ')}\n${signature.text}`, planted: signature.planted }
}

/** The subject of a web chat visitor. */
export function visitorSubject(seed: number, person: Person): string {
  return `v2/iamessage/${person.hasContact ? 'AUTH/Shop' : 'UNAUTH/NA'}/uid:${otherIdentifier(seed, person.number, 1)}`
}
