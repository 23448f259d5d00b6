import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startOrgUnderTest } from './testing/org-under-test.ts'

const flows = ['client-credentials', 'jwt-bearer', 'password', 'refresh-token'] as const

const users: Readonly<Record<(typeof flows)[number], string>> = {
  'client-credentials': 'clientSecret: { env: SECRET }',
  'jwt-bearer': 'username: { user }, privateKey: { env: KEY }',
  password:
    'clientSecret: { env: SECRET }, username: { user }, password: { env: PASSWORD }, securityToken: { env: EXTRA }',
  'refresh-token': 'clientSecret: { env: SECRET }, refreshToken: { env: REFRESH }',
}

test.each(flows)('signs in by %s, through the exchange for Data 360 too', { timeout: 60_000 }, async (flow) => {
  await using under = await startOrgUnderTest({ conversations: 8 })
  const { clientId, clientSecret, username, password, securityToken, refreshToken, privateKey } = under.org.credentials
  const config = readFileSync(under.config, 'utf8')
  const user = users[flow].replace('{ user }', JSON.stringify(username))
  writeFileSync(
    under.config,
    config.replace(
      /auth:[\s\S]*?(?=\n {4}archiveSecret)/,
      `auth: { flow: ${flow}, users: [{ name: archive-1, clientId: { env: ID }, ${user} }] }`,
    ),
  )
  const env = {
    ID: clientId,
    SECRET: clientSecret,
    KEY: privateKey,
    PASSWORD: password,
    EXTRA: securityToken,
    REFRESH: refreshToken,
  }
  const ran = await under.archive(['--witness', 'data360', '--json'], { env })
  expect({ code: ran.code, stderr: ran.stderr.includes('error:') }).toEqual({ code: 0, stderr: false })
  for (const secret of [clientSecret, password, refreshToken, privateKey.slice(64, 128)]) {
    expect(ran.stdout + ran.stderr).not.toContain(secret)
  }
})

test('a refresh token that is replaced at use is kept in its file, and refused from the environment', async () => {
  await using under = await startOrgUnderTest({ conversations: 5, oauth: { refreshRotation: true } })
  const { clientId, clientSecret, refreshToken } = under.org.credentials
  const file = join(under.folder, 'refresh-token')
  writeFileSync(file, `${refreshToken}\n`)
  const config = readFileSync(under.config, 'utf8')
  const configure = (place: string): void => {
    const user = `name: archive-1, clientId: { env: ID }, clientSecret: { env: SECRET }, refreshToken: ${place}`
    const auth = `auth: { flow: refresh-token, users: [{ ${user} }] }`
    writeFileSync(under.config, config.replace(/auth:[\s\S]*?(?=\n {4}archiveSecret)/, auth))
  }
  const env = { ID: clientId, SECRET: clientSecret, REFRESH: refreshToken }
  configure(`{ file: ${file} }`)
  expect((await under.archive([], { env })).code).toBe(0)
  const rotated = readFileSync(file, 'utf8').trim()
  expect(rotated).not.toBe(refreshToken)
  expect(statSync(file).mode & 0o077).toBe(0)
  expect((await under.archive(['--replace'], { env })).code).toBe(0)

  configure('{ env: REFRESH }')
  const ran = await under.archive(['--replace'], { env: { ...env, REFRESH: readFileSync(file, 'utf8').trim() } })
  expect(ran.code).not.toBe(0)
  expect(ran.stderr).toContain('keep the token in a file')
})
