import { isRawJson, type Json, parseJson } from '@custody/model'

/** The JSON that a text holds, or undefined where it is only text. */
export function jsonIn(text: string): Json | undefined {
  if (!/^\s*[[{"]/.test(text) || !/[\]}"]\s*$/.test(text)) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** How many members of a JSON text a parser loses, because a later one has their name. */
export function membersShadowed(text: string, json: Json): number {
  return membersWritten(text) - membersKept(json)
}

/** Colons outside strings: one a member. */
function membersWritten(json: string): number {
  let members = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|:/g)) if (token === ':') members++
  return members
}

function membersKept(json: Json): number {
  let members = 0
  const pending: Json[] = [json]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null || isRawJson(next)) continue
    const values = Object.values(next)
    if (!Array.isArray(next)) members += values.length
    for (const value of values) pending.push(value)
  }
  return members
}
