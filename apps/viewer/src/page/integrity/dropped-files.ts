import type { PickedFile } from './archive-files.ts'

/** All files of what was dropped, folders walked through. */
export async function droppedFiles(items: DataTransferItemList): Promise<readonly PickedFile[]> {
  // They are gone once the event is over: asked for before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const files: PickedFile[] = []
  for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
    if (entry.isDirectory) entries.push(...(await entriesOf(entry as FileSystemDirectoryEntry)))
    else files.push({ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) })
  }
  return files
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  // It gives some hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}
