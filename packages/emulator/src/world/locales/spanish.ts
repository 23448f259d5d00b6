import { spanish } from '../phrases/spanish.ts'
import type { Locale } from './locale.ts'

export const spain: Locale = {
  tag: 'es_ES',
  country: 'ES',
  countryName: 'España',
  phrases: spanish,
  familyNameFirst: false,
  firstNames: ['María', 'José', 'Lucía', 'Ángel', 'Begoña', 'Íñigo', 'Carmen', 'Pablo', 'Nuria'],
  lastNames: ['García López', 'Núñez Ortega', 'Fernández Ruiz', 'Ibáñez', 'Peña Moreno', 'Castro Vidal', 'Muñoz'],
  phone: {
    countryCode: '34',
    trunk: '',
    drama: [],
    plain: { prefix: '600', digits: 6 },
    groups: [3, 3, 3],
    separator: ' ',
  },
  streets: ['Calle Mayor', 'Paseo del Prado', 'Plaza de España'],
  cities: [
    { name: 'Madrid', postalCode: '28013' },
    { name: 'Sevilla', postalCode: '41004' },
  ],
  address: '{street} {number}, {postalCode} {city}',
  iban: { country: 'ES', bank: '', digits: 20 },
  currency: '€',
}
