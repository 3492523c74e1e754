import { describe, expect, it } from 'vitest';
import { list, percent, markdownTable, table } from '../../../electron/hosts/cli/output.ts';

describe('text for the terminal', () => {
  it('puts figures to the right and names to the left', () => {
    const text = table(
      ['Class', 'F1', 'n'],
      [
        ['cat', '0.9', 5],
        ['elephant', '0.85', 1000],
      ],
    );
    expect(text.split('\n')).toEqual([
      'Class       F1     n',
      'cat        0.9     5',
      'elephant  0.85  1000',
    ]);
  });

  it('lines up names and values, a dash where there is none', () => {
    expect(list({ Run: 3, Accuracy: percent(0.9712), Features: null })).toBe(
      'Run       3\nAccuracy  97.12 %\nFeatures  -',
    );
  });
});

describe('markdownTable', () => {
  it('has a row of dashes under its header', () => {
    expect(markdownTable(['Recipe', 'Runs'], [['features', 5]])).toBe(
      '| Recipe | Runs |\n| --- | --- |\n| features | 5 |',
    );
  });
});
