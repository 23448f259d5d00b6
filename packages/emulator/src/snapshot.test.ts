import { expect, test } from 'vitest'
import { changedOwners } from './snapshot.ts'
import { startEmulator } from './start-emulator.ts'
import { connect } from './testing/client.ts'

test('a snapshot tells whose data is another, by a word, an entry, or a status; and whose is not', async () => {
  const org = await startEmulator({ conversations: 40, longEntries: 30, world: { orphanSessions: 3 } })
  try {
    const client = await connect(org)
    const ownerOf = async (identifier: string) => {
      const soql = `SELECT MessagingEndUserId FROM MessagingSession WHERE Conversation.ConversationIdentifier = '${identifier}'`
      return (await client.rows(soql))[0]?.['MessagingEndUserId']
    }
    const before = org.snapshot()
    const [{ n } = { n: 0 }] = [{ n: (await client.query('SELECT COUNT() FROM MessagingEndUser')).body.totalSize }]
    expect(before.size).toBe(n + 1)
    expect(changedOwners(before, org.snapshot())).toEqual([])

    const [first, second, third] = [...org.truth.conversations(org.window)].map((one) => one.conversationIdentifier)
    const late = org.append(first ?? '', { text: 'one word' })
    const added = org.snapshot()
    expect(changedOwners(before, added)).toEqual([await ownerOf(first ?? '')])
    org.edit(late, 'one ward')
    expect(changedOwners(added, org.snapshot())).toEqual([await ownerOf(first ?? '')])

    const edited = org.snapshot()
    const removed = [...org.truth.entries()].find((entry) => entry.conversationIdentifier === second)?.entryId ?? ''
    org.remove(removed)
    org.setSessions(String(await ownerOf(third ?? '')), 'open')
    expect(changedOwners(edited, org.snapshot()).toSorted()).toEqual(
      [await ownerOf(second ?? ''), await ownerOf(third ?? '')].toSorted(),
    )
    expect(changedOwners(new Map(), before)).toEqual([...before.keys()])
  } finally {
    await org.close()
  }
})
