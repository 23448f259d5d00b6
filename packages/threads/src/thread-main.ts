import { parentPort, workerData } from 'node:worker_threads'
import { failureOf, type ThreadMessage, type ThreadStart } from './thread-message.ts'
import { loadWork } from './work.ts'

// The inside of a thread of `onThreads`: does the tasks that come, one after the other, and answers each.

const { module, data } = workerData as ThreadStart
const loading = loadWork<unknown, unknown>(module, data)
// Told with the first task; until then nobody listens.
loading.catch(() => undefined)
const say = (message: ThreadMessage<unknown>, transfer: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, [...transfer])

let last: Promise<void> = Promise.resolve()
parentPort?.on('message', (task: unknown) => {
  last = last.then(() => answer(task))
})

async function answer(task: unknown): Promise<void> {
  try {
    const work = await loading
    const { answer, transfer } = await work(task)
    say({ answer }, transfer)
  } catch (error) {
    say({ failure: failureOf(error) })
  }
}
