import { decodeEntities } from '@custody/model'
import { transcriptMarkup } from './assumptions.ts'

/** Who speaks in a legacy transcript, and how many messages of whom it holds. */
export interface TranscriptLines {
  readonly agentMessages: number
  readonly endUserMessages: number
  /** As they stand in front of messages. */
  readonly agentNames: readonly string[]
  readonly endUserNames: readonly string[]
}

/** Counts the messages of a transcript by who wrote them. Null where nothing of it looks like one. Pure. */
export function readTranscriptLines(body: string): TranscriptLines | null {
  const agents = new Set<string>()
  const messages = new Map<string, number>()
  for (const part of body.split(transcriptMarkup.lineEnd)) {
    const line = part.trim()
    const speaker = decodeEntities(transcriptMarkup.message.exec(line)?.[1] ?? '').trim()
    if (speaker) messages.set(speaker, (messages.get(speaker) ?? 0) + 1)
    else for (const name of agentsIn(line)) agents.add(name)
  }
  if (messages.size === 0) return null
  const lines = { agentMessages: 0, endUserMessages: 0, agentNames: [...agents], endUserNames: [] as string[] }
  for (const [speaker, count] of messages) {
    if (lines.agentNames.some((name) => name === speaker || name.startsWith(`${speaker} `)))
      lines.agentMessages += count
    else {
      lines.endUserMessages += count
      if (speaker !== transcriptMarkup.nameless) lines.endUserNames.push(speaker)
    }
  }
  return lines
}

function agentsIn(line: string): readonly string[] {
  const [, ...names] = transcriptMarkup.agent.exec(line) ?? transcriptMarkup.transfer.exec(line) ?? []
  return names.map((name) => decodeEntities(name).trim())
}
