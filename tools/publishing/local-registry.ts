import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A registry on this machine that keeps what is published to it, and sends those who ask for anything else to the real one. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string
  /** Names of what was published, in order. */
  readonly published: readonly string[]
  /** The tarball of a package that was published. */
  tarball(name: string): Buffer
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dist: { readonly tarball: string }
}

/** What `npm publish` sends, and in part what `npm install` asks for. */
interface Packument {
  readonly name: string
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, Manifest>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

/** @param elsewhere - the registry that has everything else */
export async function startLocalRegistry(elsewhere: string): Promise<LocalRegistry> {
  const packuments = new Map<string, Packument>()
  const tarballs = new Map<string, Buffer>()
  let url = ''

  const publish = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = (await json(request)) as Packument
    const [attachment] = Object.values(sent._attachments)
    tarballs.set(sent.name, Buffer.from(attachment?.data ?? '', 'base64'))
    const versions = Object.fromEntries(
      Object.entries(sent.versions).map(([version, manifest]) => [
        version,
        { ...manifest, dist: { ...manifest.dist, tarball: `${url}-/tarball/${sent.name}` } },
      ]),
    )
    packuments.set(sent.name, { ...sent, versions, _attachments: {} })
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}')
  }
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').slice(1).replace(/\?.*$/, ''))
    const tarball = tarballs.get(name.replace(/^-\/tarball\//, ''))
    const packument = packuments.get(name)
    if (request.method === 'PUT') void publish(request, response)
    else if (name.startsWith('-/tarball/') && tarball) response.end(tarball)
    else if (packument) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument))
    else if (name === 'custody' || name.startsWith('@custody/')) response.writeHead(404).end('{}')
    else response.writeHead(302, { location: new URL(request.url ?? '', elsewhere).href }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    get published() {
      return [...packuments.keys()]
    },
    tarball(name) {
      const found = tarballs.get(name)
      if (!found) throw new Error(`${name} was not published`)
      return found
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
