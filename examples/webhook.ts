// A sink that posts each batch to a webhook. A batch is committed once the other side has said that it keeps it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { entries } from '@custody/entries-source'
import { defineSink, from, type Sink } from '@custody/pipeline'
import { census } from '@custody/records-source'
import { startDemoOrg } from './org/demo-org.ts'

function webhook<T>(url: string, idOf: (record: T) => string): Sink<T> {
  return defineSink('webhook', async function* (source, { signal }) {
    for await (const { records, rejects, checkpoint } of source) {
      const response = await fetch(url, {
        method: 'POST',
        // The same batch sent twice, after a crash say, has the same key: the other side can tell.
        headers: { 'content-type': 'application/json', 'idempotency-key': records.map(idOf).join(' ') },
        body: JSON.stringify(records),
        ...(signal && { signal }),
      })
      // The status, never the body: errors end up in logs.
      if (!response.ok) throw new Error(`The webhook answered with ${response.status}.`)
      yield { batches: 1, records: records.length, rejects: rejects.length, ...(checkpoint && { checkpoint }) }
    }
  })
}

// Stands for the other side.
let received = 0
const server = createServer(async (request, response) => {
  received += ((await json(request)) as unknown[]).length
  response.writeHead(204).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo

await using demo = await startDemoOrg(20)
const summary = await from(census(demo))
  .through(entries(demo))
  .to(webhook(`http://127.0.0.1:${port}`, ({ identifier }) => identifier))
  .run()

console.log(`${summary.records} conversations sent, ${received} received`)
server.closeAllConnections()
server.close()
