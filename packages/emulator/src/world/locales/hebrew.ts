import { hebrew } from '../phrases/hebrew.ts'
import type { Locale } from './locale.ts'

export const israel: Locale = {
  tag: 'he_IL',
  country: 'IL',
  countryName: 'ישראל',
  phrases: hebrew,
  familyNameFirst: false,
  firstNames: ['נועה|Noa', 'יוסף|Yosef', 'תמר|Tamar', 'אורי|Uri', 'שירה|Shira'],
  lastNames: ['לוי|Levi', 'כהן|Cohen', 'מזרחי|Mizrahi', 'בן דוד|BenDavid', 'פרץ|Peretz'],
  phone: {
    countryCode: '972',
    trunk: '0',
    drama: [],
    plain: { prefix: '500', digits: 6 },
    groups: [2, 3, 4],
    separator: '-',
  },
  streets: ['רחוב הרצל', 'שדרות רוטשילד', 'רחוב יפו'],
  cities: [
    { name: 'תל אביב', postalCode: '6688101' },
    { name: 'חיפה', postalCode: '3303301' },
  ],
  address: '{street} {number}, {city} {postalCode}',
  iban: { country: 'IL', bank: '', digits: 19 },
  currency: '₪',
}
