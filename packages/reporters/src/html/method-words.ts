import { shortText } from '../visible-text.ts'

/** How textbooks write what the kebab case of a method's name does not tell. */
const NAMES: Readonly<Record<string, string>> = {
  'kolmogorov-smirnov': 'Kolmogorov–Smirnov',
  'cramer-von-mises': 'Cramér–von Mises',
  'anderson-darling': 'Anderson–Darling',
  'epps-singleton': 'Epps–Singleton',
  'mann-whitney-u': 'Mann–Whitney U',
  'jensen-shannon': 'Jensen–Shannon',
  'kullback-leibler': 'Kullback–Leibler',
  'g-test': 'G-test',
  'chi-squared': 'Chi-squared',
  'student-t': 'Student’s t',
  'welch-t': 'Welch’s t',
  'z-test': 'z-test',
  psi: 'PSI',
}

const SYMBOLS: Readonly<Record<string, string>> = {
  'kolmogorov-smirnov': 'D',
  'chi-squared': 'χ²',
  'g-test': 'G',
  'mann-whitney-u': 'U',
  'student-t': 't',
  'welch-t': 't',
  'z-test': 'z',
  'two-proportion-z': 'z',
  'domain-classifier': 'AUC',
}

/** @example methodWords('domain-classifier') // 'Domain classifier' */
export function methodWords(method: string): string {
  const known = Object.hasOwn(NAMES, method) ? NAMES[method] : undefined
  if (known !== undefined) return known
  if (!/^[a-z][a-z-]*$/.test(method)) return shortText(method, 40)
  return shortText(`${method[0]!.toUpperCase()}${method.slice(1).replaceAll('-', ' ')}`, 40)
}

export function statisticSymbol(method: string): string | undefined {
  return Object.hasOwn(SYMBOLS, method) ? SYMBOLS[method] : undefined
}
