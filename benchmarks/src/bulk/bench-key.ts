/** The same at every run: nothing that is measured is worth a secret. */
export const benchKey: Uint8Array = new Uint8Array(32).fill(7)
