/** The files of an archive, wherever the browser has them from. */
export interface ArchiveFiles {
  /** Sizes in bytes by path from the top of the archive. */
  readonly sizes: ReadonlyMap<string, number>
  read(path: string): AsyncIterable<Uint8Array>
}

/** Of files that somebody chose or dropped. Null where no bagit.txt is among them. */
export function pickedFiles(files: Iterable<PickedFile>): ArchiveFiles | null {
  const picked = [...files]
  const top = picked
    .map(({ path }) => path)
    .filter((path) => path === 'bagit.txt' || path.endsWith('/bagit.txt'))
    // The archive itself, not one that stands in a folder of it.
    .sort((a, b) => a.length - b.length)[0]
    ?.slice(0, -'bagit.txt'.length)
  if (top === undefined) return null
  const byPath = new Map(
    picked.filter(({ path }) => path.startsWith(top)).map(({ path, file }) => [path.slice(top.length), file]),
  )
  return {
    sizes: new Map([...byPath].map(([path, { size }]) => [path, size])),
    async *read(path) {
      const file = byPath.get(path)
      if (file !== undefined) yield* chunks(file.stream())
    },
  }
}

export interface PickedFile {
  readonly path: string
  readonly file: Blob
}

/** Of `custody view`: asks the page's own origin, and only below `base`. */
export async function servedFiles(base: string, request: typeof fetch = fetch): Promise<ArchiveFiles> {
  const list = (await (await asked(base)).json()) as Readonly<Record<string, number>>
  return {
    sizes: new Map(Object.entries(list)),
    async *read(path) {
      const { body } = await asked(base + path.split('/').map(encodeURIComponent).join('/'))
      if (body !== null) yield* chunks(body)
    },
  }

  async function asked(address: string): Promise<Response> {
    const response = await request(address)
    if (!response.ok) throw new Error(`answered with ${response.status}`)
    return response
  }
}

/** Not every browser has iterable streams. */
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel()
  }
}
