import { arabic } from '../phrases/arabic.ts'
import type { Locale } from './locale.ts'

export const egypt: Locale = {
  tag: 'ar_EG',
  country: 'EG',
  countryName: 'مصر',
  phrases: arabic,
  familyNameFirst: false,
  firstNames: ['محمد|Mohamed', 'فاطمة|Fatma', 'أحمد|Ahmed', 'ليلى|Layla', 'عمر|Omar', 'نور|Nour'],
  lastNames: ['الشريف|ElSherif', 'منصور|Mansour', 'عبد الرحمن|AbdelRahman', 'حداد|Haddad', 'نجيب|Naguib'],
  phone: {
    countryCode: '20',
    trunk: '0',
    drama: [],
    plain: { prefix: '1000', digits: 6 },
    groups: [2, 4, 4],
    separator: ' ',
  },
  streets: ['شارع النيل', 'شارع التحرير', 'طريق الكورنيش'],
  cities: [
    { name: 'القاهرة', postalCode: '11511' },
    { name: 'الإسكندرية', postalCode: '21500' },
  ],
  address: '{number} {street}، {city} {postalCode}',
  iban: { country: 'AE', bank: '', digits: 19 },
  currency: 'ج.م ',
}
