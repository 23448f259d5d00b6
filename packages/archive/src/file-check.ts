/** What looks into a file while it passes by on its way to the hash. */
export interface FileCheck {
  /** What it gives has to be waited for before the next piece, whose memory may be the same. */
  push(chunk: Buffer): void | Promise<void>
  /** Called once, after the last piece of a file that could be read whole. */
  end(): void | Promise<void>
  /** Called instead of `end` where the file could not be read whole. */
  cut?(): Promise<void>
}

/** Keeps a small file whole, and hands it on; a larger one is cut at `maxBytes`. */
export function wholeText(maxBytes: number, onText: (text: string, isWhole: boolean) => void): FileCheck {
  const chunks: Buffer[] = []
  let bytes = 0
  let isWhole = true
  return {
    push(chunk) {
      isWhole &&= bytes + chunk.length <= maxBytes
      chunks.push(Buffer.from(chunk.subarray(0, Math.max(0, maxBytes - bytes))))
      bytes = Math.min(maxBytes, bytes + chunk.length)
    },
    end: () => onText(Buffer.concat(chunks).toString('utf8'), isWhole),
  }
}
