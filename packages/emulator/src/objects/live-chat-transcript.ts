import { otherIdentifier } from '../ids.ts'
import { Random } from '../random.ts'
import type { SchemaObject } from '../soql/schema.ts'
import type { Person } from '../world/people.ts'
import { details } from '../world/phrases/phrases.ts'
import { purpose } from '../world/purposes.ts'
import { agents, type Employee } from '../world/staff.ts'
import { fill } from '../world/text.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'

/** One transcript of the legacy chat for so many conversations: the shop gave it up long ago. */
const every = 10

/** Rows are transcripts by their number, each a person's who also has a conversation. */
export function liveChatTranscriptObject(world: World): SchemaObject {
  const bound = Math.ceil(world.conversations / every)
  const exists = (row: number): boolean => row < bound
  const start = (row: number): number => world.timeline.startOf(row * every) + 600_000
  const turns = (row: number): number => 2 + (row % 6)
  const end = (row: number): number => start(row) + turns(row) * 60_000
  const personOf = (row: number): Person => world.person(world.population.personOf(row * every))
  const agentOf = (row: number): Employee => agents[row % agents.length] as Employee
  const contactOf = (row: number): number | undefined => (personOf(row).hasContact ? personOf(row).number : undefined)
  return {
    name: 'LiveChatTranscript',
    bound,
    rows: (first, last) => rowsWhere(first, Math.min(last, bound), exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('LiveChatTranscript', row)],
      Name: ['string', (row) => String(row + 1).padStart(8, '0')],
      Body: ['string', (row) => body(world, row, start(row), turns(row), personOf(row), agentOf(row))],
      SupervisorTranscriptBody: ['string', () => null],
      ChatKey: ['string', (row) => otherIdentifier(world.seed, row, 22)],
      Status: ['string', (row) => (row % 9 === 8 ? 'Dropped' : 'Completed')],
      EndedBy: ['string', (row) => (row % 2 === 0 ? 'Visitor' : 'Agent')],
      RequestTime: ['datetime', (row) => start(row) - 20_000],
      StartTime: ['datetime', start],
      EndTime: ['datetime', end],
      ChatDuration: ['number', (row) => turns(row) * 60],
      WaitTime: ['number', () => 20],
      OperatorMessageCount: ['number', turns],
      VisitorMessageCount: ['number', turns],
      IpAddress: ['string', (row) => `192.0.2.${1 + (row % 254)}`],
      Browser: ['string', () => 'Firefox'],
      ReferrerUri: ['string', () => 'https://shop.example/help'],
      IsChatbotSession: ['boolean', () => false],
      ContactId: ['id', (row) => idOf('Contact', contactOf(row))],
      CaseId: ['id', () => null],
      LiveChatVisitorId: ['id', () => null],
      OwnerId: ['id', (row) => idOf('User', agentOf(row).number)],
      ...auditFields(start, end),
    }),
    parents: parentsOf({ Contact: ['Contact', contactOf], Owner: ['User', (row) => agentOf(row).number] }),
    indexes: new Map([['id', byId('LiveChatTranscript', exists)]]),
    ranges: new Map([['id', idRange('LiveChatTranscript', bound)]]),
    ordered: new Set(['id', 'starttime', 'createddate']),
  }
}

// assumption: the markup of transcripts, as exports of the legacy chat that people publish show it.
function body(world: World, row: number, start: number, turns: number, person: Person, agent: Employee): string {
  const random = new Random(world.seed, purpose.text, row, 0x20000000)
  const outline = world.outline(row * every)
  const { ask, give } = person.locale.phrases
  const step = { number: 0, session: 0, at: start, kind: 'text', role: 'EndUser', cue: 'none' } as const
  const line = (second: number, name: string, text: string): string =>
    `( ${Math.floor(second / 60)}m ${second % 60}s ) ${escaped(name)}: ${escaped(text)}<br>`
  const lines: string[] = []
  for (let turn = 0; turn < turns; turn++) {
    const detail = random.pick(details)
    lines.push(line(turn * 60, agent.firstName, fill(ask[detail], random, outline, person, step).text))
    lines.push(line(turn * 60 + 25, person.name, fill(random.pick(give[detail]), random, outline, person, step).text))
  }
  const head = (text: string): string => `<p align="center">${text}</p>`
  return `${head(`Chat Started: ${new Date(start).toUTCString()}`)}${head('Chat Origin: Web')}${head(`Agent ${escaped(agent.name)}`)}${lines.join('')}`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
