import { expect, test } from 'vitest'
import { usernamePassword } from './username-password.ts'

const right = { clientId: 'KEY', clientSecret: 'SECRET', username: 'archive@acme.example', password: 'pass ' }

test('posts user and password, the security token behind it', async () => {
  const form = {
    grant_type: 'password',
    client_id: 'KEY',
    client_secret: 'SECRET',
    username: 'archive@acme.example',
    password: 'pass ',
  }
  expect(await usernamePassword(right).form()).toEqual(form)
  expect(await usernamePassword({ ...right, securityToken: 'Xy9' }).form()).toEqual({ ...form, password: 'pass Xy9' })
})

test.each(['clientId', 'clientSecret', 'username', 'password', 'securityToken'])('an empty %s is refused', (name) => {
  expect(() => usernamePassword({ ...right, [name]: '' })).toThrow(
    expect.objectContaining({ code: 'AUTH_OPTIONS', kind: 'usage', message: expect.stringContaining(name) }),
  )
})
