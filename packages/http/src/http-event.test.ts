import diagnostics from 'node:diagnostics_channel'
import { expect, test } from 'vitest'
import { createHttpEvents, type HttpEvent } from './http-event.ts'

const event: HttpEvent = { type: 'limit-wait', endpoint: 'query', waitMs: 1 }

test('nothing is built when nobody listens', () => {
  let built = 0
  const emit = createHttpEvents(undefined)
  const build = (): HttpEvent => {
    built += 1
    return event
  }
  emit(build)
  expect(built).toBe(0)
  const listen = (): void => {}
  diagnostics.subscribe('custody:http', listen)
  emit(build)
  diagnostics.unsubscribe('custody:http', listen)
  expect(built).toBe(1)
})

test('listener and channel get the same event', () => {
  const got: unknown[] = []
  const listen = (published: unknown): void => void got.push(published)
  diagnostics.subscribe('custody:http', listen)
  createHttpEvents((heard) => got.push(heard))(() => event)
  diagnostics.unsubscribe('custody:http', listen)
  expect(got).toEqual([event, event])
})
