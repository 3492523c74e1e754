/** Letters that do something on the Data screen, so that no class can have them. */
export const screenKeys = {
  exclude: { key: 'E', label: 'data.excludeSelected' },
  train: { key: 'T', label: 'data.toTrain' },
  validation: { key: 'V', label: 'data.toValidation' },
  test: { key: 'S', label: 'data.toTest' },
  one: { key: 'O', label: 'label.open' },
  resolve: { key: 'R', label: 'check.resolve' },
  keep: { key: 'K', label: 'check.keep' },
} as const;

/** Locale key of the command a letter belongs to already; undefined for one that is free. */
export function commandOfKey(key: string): string | undefined {
  return Object.values(screenKeys).find((one) => one.key === key)?.label;
}
