/** What is wrong with a value: the path of the first field that is not as it should be, `''` for the value itself; or null. */
export type Shape = (value: unknown) => string | null

// Hand-made, and held against schema/*.schema.json by a test: on a line of the master zod takes longer than JSON.parse.

export const isText: Shape = (value) => (typeof value === 'string' ? null : '')
export const isFlag: Shape = (value) => (typeof value === 'boolean' ? null : '')
export const isNumber: Shape = (value) => (typeof value === 'number' ? null : '')
export const isCount: Shape = (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? null : '')
/** Whatever Salesforce sent. */
export const isAnything: Shape = () => null

export function isOneOf(...values: readonly unknown[]): Shape {
  const known = new Set(values)
  return (value) => (known.has(value) ? null : '')
}

export function isLike(pattern: RegExp): Shape {
  return (value) => (typeof value === 'string' && pattern.test(value) ? null : '')
}

export function orNull(shape: Shape): Shape {
  return (value) => (value === null ? null : shape(value))
}

export function isListOf(shape: Shape, min = 0): Shape {
  return (value) => {
    if (!Array.isArray(value) || value.length < min) return ''
    for (let index = 0; index < value.length; index += 1) {
      const problem = shape(value[index])
      if (problem !== null) return `.${index}${problem}`
    }
    return null
  }
}

/** Values by names that nobody knows beforehand. */
export function isRecordOf(shape: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return ''
    // Names come from outside: they are not told.
    return Object.values(value).every((each) => shape(each) === null) ? null : ''
  }
}

/** Exactly these fields, and of `optional` any. */
export function isExactly(
  fields: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const required = Object.entries(fields)
  const others = Object.entries(optional)
  return (value) => {
    if (!isObject(value)) return ''
    let known = required.length
    for (const [name, shape] of required) {
      const field = value[name]
      if (field === undefined || !Object.hasOwn(value, name)) return `.${name}`
      const problem = shape(field)
      if (problem !== null) return `.${name}${problem}`
    }
    for (const [name, shape] of others) {
      if (!Object.hasOwn(value, name)) continue
      known += 1
      const problem = shape(value[name])
      if (problem !== null) return `.${name}${problem}`
    }
    return Object.keys(value).length === known ? null : ''
  }
}

/** Exactly these fields, in this order. */
export function isInOrder(fields: Readonly<Record<string, Shape>>): Shape {
  const names = Object.keys(fields)
  const shapes = Object.values(fields)
  const isInAnyOrder = isExactly(fields)
  return (value) => {
    if (!isObject(value)) return ''
    let index = 0
    // In one go over names and values: several times as fast as with a list of the names.
    for (const name in value) {
      if (name !== names[index]) return isInAnyOrder(value) ?? OTHER_ORDER
      const problem = (shapes[index] as Shape)(value[name])
      if (problem !== null) return `.${name}${problem}`
      index += 1
    }
    return index === names.length ? null : isInAnyOrder(value)
  }
}

/** At the end of a path: the fields are there, in another order. */
export const OTHER_ORDER = ' in another order'

/** Which shape it has to have, by its field `type`. */
export function isOneByType(shapes: Readonly<Record<string, Shape>>): Shape {
  const byType = new Map(Object.entries(shapes))
  return (value) => {
    const type = isObject(value) ? value['type'] : undefined
    const shape = typeof type === 'string' ? byType.get(type) : undefined
    return shape ? shape(value) : '.type'
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
