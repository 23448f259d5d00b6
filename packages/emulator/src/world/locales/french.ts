import { french } from '../phrases/french.ts'
import type { Locale } from './locale.ts'

export const france: Locale = {
  tag: 'fr_FR',
  country: 'FR',
  countryName: 'France',
  phrases: french,
  familyNameFirst: false,
  firstNames: ['Élodie', 'François', 'Zoé', 'Théo', 'Anaïs', 'Jean-Luc', 'Solène', 'Noël'],
  lastNames: ['Lefèvre', 'Dubois', 'Château', 'Le Goff', 'Moreau', 'Béranger', "D'Estaing", 'Petit'],
  phone: {
    countryCode: '33',
    trunk: '0',
    drama: [
      { prefix: '63998', digits: 4 },
      { prefix: '19900', digits: 4 },
    ],
    plain: { prefix: '700', digits: 6 },
    groups: [1, 2, 2, 2, 2],
    separator: ' ',
  },
  streets: ['rue de la Paix', 'avenue Victor Hugo', 'place du Marché'],
  cities: [
    { name: 'Lyon', postalCode: '69002' },
    { name: 'Nantes', postalCode: '44000' },
  ],
  address: '{number} {street}, {postalCode} {city}',
  iban: { country: 'FR', bank: '', digits: 23 },
  currency: '€',
}
