/** What one task came to. */
export interface Worked<Answer> {
  readonly answer: Answer
  /** Memory of the answer that is handed over in the place of being copied. */
  readonly transfer?: readonly ArrayBuffer[]
}

/** Does one task. What it gives follows from the task alone: who does it, and when, shows nowhere. */
export type Work<Task, Answer> = (task: Task) => Worked<Answer> | Promise<Worked<Answer>>

/** What a module of work exports as `createWork`: makes ready what all tasks share, once in each thread. */
export type CreateWork<Data, Task, Answer> = (data: Data) => Work<Task, Answer> | Promise<Work<Task, Answer>>

/** Loads a module and makes its work ready. */
export async function loadWork<Task, Answer>(module: string, data: unknown): Promise<Work<Task, Answer>> {
  const { createWork }: { createWork: CreateWork<unknown, Task, Answer> } = await import(module)
  return createWork(data)
}
