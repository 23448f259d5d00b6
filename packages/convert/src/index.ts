export { type Converted, type ConvertFormat, type ConvertOptions, convert, convertFormats } from './convert.ts'
