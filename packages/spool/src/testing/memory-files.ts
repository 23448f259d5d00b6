import type { SpoolFile, SpoolFiles } from '../spool-files.ts'

/** Files in memory, with a hand on what is written and read. */
export class MemoryFiles implements SpoolFiles {
  readonly files: Map<string, Buffer> = new Map()
  readonly folders: Set<string> = new Set()
  openFiles = 0
  written = 0
  /** Called before each operation; what it throws is what the disk says. */
  before: (operation: 'folder' | 'file' | 'write' | 'read' | 'remove') => void = () => undefined

  get isClean(): boolean {
    return this.files.size === 0 && this.folders.size === 0 && this.openFiles === 0
  }

  async makeFolder(directory: string): Promise<string> {
    this.before('folder')
    const folder = `${directory}/spool`
    this.folders.add(folder)
    return folder
  }

  async makeFile(path: string): Promise<SpoolFile> {
    this.before('file')
    this.files.set(path, Buffer.alloc(0))
    this.openFiles += 1
    return {
      write: async (bytes, position) => {
        this.before('write')
        this.written += bytes.length
        const old = this.files.get(path) ?? Buffer.alloc(0)
        this.files.set(path, Buffer.concat([old.subarray(0, position), bytes]))
      },
      read: async (position, length) => {
        this.before('read')
        return Buffer.from(this.files.get(path) ?? '').subarray(position, position + length)
      },
      close: async () => {
        this.openFiles -= 1
      },
    }
  }

  async removeFile(path: string): Promise<void> {
    this.before('remove')
    this.files.delete(path)
  }

  async removeFolder(folder: string): Promise<void> {
    this.folders.delete(folder)
    for (const path of this.files.keys()) if (path.startsWith(`${folder}/`)) this.files.delete(path)
  }
}

/** What a full disk says, and the like. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code })
}
