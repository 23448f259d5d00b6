import { HttpStatusError } from '@custody/http'
import { z } from 'zod'
import { type AskOptions, defaultApiVersion } from './read-rows.ts'

/** What the org says of one of its objects. */
export interface ObjectDescription {
  /** Fields that a condition may name. */
  readonly filterable: ReadonlySet<string>
  readonly children: readonly ChildRelationship[]
}

export interface ChildRelationship {
  readonly object: string
  readonly field: string
  /** Whether the parent cannot be deleted while there is a child. */
  readonly isRestricting: boolean
}

const name = z.string().regex(/^[A-Za-z]\w{0,79}$/)
const fieldSchema = z
  .object({ name, filterable: z.boolean().catch(true) })
  .nullable()
  .catch(null)
const childSchema = z
  .object({ childSObject: name, field: name, restrictedDelete: z.boolean().catch(false) })
  .nullable()
  .catch(null)
const descriptionSchema = z.object({
  fields: z.array(fieldSchema).catch([]),
  childRelationships: z.array(childSchema).catch([]),
})

/** Null where the object is not there, or may not be seen. */
export async function describeObject(object: string, options: AskOptions): Promise<ObjectDescription | null> {
  const { org, apiVersion = defaultApiVersion, signal } = options
  try {
    return await org.getJson({
      origin: 'instance',
      path: `/services/data/v${apiVersion}/sobjects/${object}/describe`,
      endpoint: 'describe',
      parse(document) {
        const { fields, childRelationships } = descriptionSchema
          .catch({ fields: [], childRelationships: [] })
          .parse(document)
        return {
          filterable: new Set(fields.flatMap((field) => (field?.filterable ? [field.name] : []))),
          children: childRelationships.flatMap((child) =>
            child === null
              ? []
              : [{ object: child.childSObject, field: child.field, isRestricting: child.restrictedDelete }],
          ),
        }
      },
      ...(signal && { signal }),
    })
  } catch (error) {
    if (error instanceof HttpStatusError && error.status === 404) return null
    throw error
  }
}
