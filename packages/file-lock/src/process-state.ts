import { readFile } from 'node:fs/promises'

/** A process that runs; `started` tells it from another of the same number, where the system says so. */
export interface ProcessRunning {
  readonly started: string | null
}

/**
 * Whether a process of this host runs. Numbers are used again, in containers at once (every first process there is number
 * 1), so on Linux the boot and the time of its start are told too.
 */
export async function processState(pid: number): Promise<ProcessRunning | 'gone'> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Any other refusal (EPERM) is about a process that is there.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone'
  }
  if (process.platform !== 'linux') return { started: null }
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1')
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    // proc_pid_stat(5): the state is field 3, the start in ticks since boot field 22; field 2 is a name that may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, started] = [fields[0], fields[19]]
    // A zombie has ended; only its number is still taken.
    if (state === 'Z' || state === 'X') return 'gone'
    return { started: started === undefined ? null : `${boot.trim()}/${started}` }
  } catch {
    return { started: null }
  }
}
