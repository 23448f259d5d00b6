import { element } from '../element.ts'
import { type ArchiveFiles, pickedFiles, servedFiles } from './archive-files.ts'
import { checkIntegrity } from './check-integrity.ts'
import { droppedFiles } from './dropped-files.ts'
import { reportView } from './report-view.ts'

/** Opens the panel in which the archive is checked; what was found stays until it is checked again. */
export function openIntegrity(dialog: HTMLDialogElement): void {
  if (dialog.childElementCount === 0) fill(dialog)
  dialog.showModal()
}

function fill(dialog: HTMLDialogElement): void {
  const base = document.querySelector<HTMLMetaElement>('meta[name="custody-files"]')?.content
  const bar = element('progress', { 'aria-label': 'Hashed', value: 0, max: 1, hidden: true })
  const status = element('p', { role: 'status' })
  const result = element('div')
  const close = element('button', { type: 'button' }, 'Close')
  close.addEventListener('click', () => dialog.close())
  let checking = new AbortController()

  const check = async (files: Promise<ArchiveFiles | null>): Promise<void> => {
    checking.abort()
    checking = new AbortController()
    const { signal } = checking
    result.replaceChildren()
    try {
      const archive = await files
      if (archive === null) {
        status.textContent =
          'There is no bagit.txt among these files: choose the folder that the archive was unpacked to.'
        return
      }
      bar.hidden = false
      const report = await checkIntegrity(archive, {
        signal,
        onProgress: ({ files: done, bytes, allBytes }) => {
          bar.value = allBytes === 0 ? 1 : bytes / allBytes
          status.textContent = `Hashing: ${done} of ${archive.sizes.size} files`
        },
      })
      status.textContent = 'Checked.'
      result.replaceChildren(reportView(report))
    } catch (error) {
      if (signal.aborted) return
      status.textContent = `The check ended early (${error instanceof Error ? error.message : 'unknown'}): nothing is proven.`
    } finally {
      if (!signal.aborted) bar.hidden = true
    }
  }

  dialog.replaceChildren(
    element('h2', { id: 'integrity-title' }, 'Integrity'),
    element(
      'p',
      {},
      'Hashes every file of the archive on this machine, and holds the hashes against its manifests and its seal.',
    ),
    base === undefined ? chooser(dialog, check) : starter(base, check),
    bar,
    status,
    result,
    close,
  )
}

type Check = (files: Promise<ArchiveFiles | null>) => Promise<void>

function starter(base: string, check: Check): HTMLElement {
  const start = element('button', { type: 'button', id: 'check-files' }, 'Check all files')
  start.addEventListener('click', () => void check(servedFiles(base)))
  return element('p', {}, start)
}

/** A page that was opened as a file may not read its neighbours: somebody has to hand them over. */
function chooser(dialog: HTMLDialogElement, check: Check): HTMLElement {
  const input = element('input', { type: 'file', id: 'folder', webkitdirectory: true, multiple: true })
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    void check(Promise.resolve(pickedFiles(files)))
  })
  dialog.addEventListener('dragover', (event) => event.preventDefault())
  dialog.addEventListener('drop', (event) => {
    event.preventDefault()
    if (event.dataTransfer !== null) void check(droppedFiles(event.dataTransfer.items).then(pickedFiles))
  })
  return element(
    'div',
    { class: 'drop' },
    element(
      'label',
      { for: 'folder' },
      'Choose the unpacked folder of the archive, or drop it here. Nothing leaves this machine.',
    ),
    input,
  )
}
