import { describe, expect, it } from 'vitest';
import { reportDocument } from '../../../electron/report/report.ts';
import { escaped } from '../../../electron/report/html.ts';
import { reportDataSchema, type ReportData } from '../../../electron/report/report-data.ts';
import { recipeSchema } from '../../../shared/recipe/recipe.ts';

const hostile = `<img src=x onerror=alert(1)>"'&</title></style><script>alert(2)</script>`;
const picture = 'data:image/webp;base64,AAAA';
const bins = [{ low: 0.5, high: 1, count: 10, confidence: 0.8, accuracy: 0.7, interval: [0.4, 0.9] }];
const reliability = { ece: 0.1, interval: [0.05, 0.2], overconfidence: 0.1, bins };
const interval = [0.6, 0.9];
const row = (name: string) => ({
  name,
  precision: 0.75,
  recall: 0.8,
  f1: 0.77,
  support: 5,
  precisionInterval: interval,
  recallInterval: interval,
  f1Interval: null,
});
const curve = (name: string, kind: string) => ({
  name,
  kind,
  area: 0.9,
  interval: [0.7, 0.95],
  points: [
    [0, 0],
    [0, 1],
    [1, 1],
  ],
});

/** A report in which everything a person or a file can name is hostile. */
function hostileReport(classes = [hostile, 'dog']): ReportData {
  const summary = {
    collection: null,
    split: 'test',
    n: 10,
    accuracy: 0.8,
    macroF1: 0.79,
    rocAuc: 0.9,
    logLoss: 0.5,
  };
  const recipe = recipeSchema.parse({
    kind: 'features',
    data: { collection: hostile, splitHash: 'abc', revision: 3 },
    backbone: { from: 'library', arch: hostile, weights: 'f00d' },
    input: { size: 64 },
    stages: [{ train: { what: 'from', block: hostile }, epochs: 3, optimizer: { learningRate: 0.01 } }],
  });
  return reportDataSchema.parse({
    version: '1.2.3',
    madeAt: '2026-01-02T03:04:05.000Z',
    project: hostile,
    run: {
      id: '0001-abc',
      number: 1,
      name: hostile,
      group: null,
      status: 'done',
      recipe,
      classes,
      classIds: classes.map((_, index) => index),
      createdAt: '2026-01-02T03:04:05.000Z',
      finishedAt: null,
      seconds: { decode: 1, features: 2, train: 3, evaluate: 4 },
      imagesPerSecond: null,
      params: { trainable: 10, frozen: 20 },
      frozenUnchanged: true,
      device: hostile,
      bestEpoch: 1,
      epochs: 1,
      summaries: [],
      resumable: false,
      error: null,
    },
    epochs: [
      {
        epoch: 1,
        stage: 0,
        loss: 1,
        accuracy: 0.5,
        valLoss: 1,
        valAccuracy: 0.5,
        learningRate: 0.01,
        seconds: 1,
      },
    ],
    evaluation: {
      run: '0001-abc',
      collection: null,
      split: 'test',
      classes,
      n: 10,
      summary,
      accuracyInterval: [0.49, 0.94],
      balancedAccuracy: 0.8,
      kappa: 0.6,
      mcc: 0.61,
      brier: 0.3,
      topK: [{ k: 3, value: 0.95, count: 9, interval }],
      intervals: {
        balancedAccuracy: interval,
        kappa: interval,
        mcc: interval,
        logLoss: interval,
        brier: interval,
        macroF1: interval,
        rocAuc: null,
        resamples: 1000,
      },
      order: classes.map((_, index) => index),
      confusion: classes.map((_, truth) => classes.map((__, predicted) => (truth === predicted ? 4 : 1))),
      report: classes.map(row),
      averages: ['macro', 'micro', 'weighted'].map(row),
      roc: [...classes.map((name) => curve(name, 'class')), curve('micro', 'micro'), curve('macro', 'macro')],
      precisionRecall: classes.map((name) => curve(name, 'class')),
      mostConfused: [{ truth: 0, predicted: 1, count: 1 }],
    },
    colors: classes.map(() => '#E69F00'),
    calibration: { n: 10, asIs: reliability, scaled: { ...reliability, temperature: 1.5, fittedOn: 8 } },
    comparison: {
      split: 'test',
      classes,
      n: 10,
      leftOut: 0,
      runs: [hostile, 'other'].map((name, number) => ({
        id: String(number),
        number,
        name,
        accuracy: 0.8,
        interval: [0.5, 0.9],
        logLoss: 0.4,
      })),
      pairs: [
        {
          first: 0,
          second: 1,
          onlyFirst: 1,
          onlySecond: 2,
          difference: 0.018,
          interval: [0.006, 0.031],
          p: 0.01,
          test: 'exact',
          adjustedP: 0.01,
          verdict: 'second-better',
          detectable: 0.02,
          logLoss: { difference: 0, interval: [0, 0] },
          areas: [],
        },
      ],
    },
    freezing: { frozenLayers: 3, trainedLayers: 1, frozenValues: 20 },
    data: {
      rows: classes.map((name) => ({ name, train: 1, validation: 2, test: 3 })),
      picturesHash: 'beef',
    },
    mistakes: {
      total: 2,
      shown: [
        { name: hostile, path: hostile, truth: 0, predicted: 1, probability: 0.9 },
        { name: 'b.png', path: '/b.png', truth: 1, predicted: 0, probability: 0.8 },
      ],
    },
    certificates: [
      {
        format: 'onnx',
        path: hostile,
        files: [hostile],
        bytes: 1,
        sha256: 'cafe',
        checked: 10,
        agreement: 0.5,
        largestDifference: 0.5,
        msPerImage: 1,
        device: 'CPU',
        agrees: false,
        madeAt: '',
      },
    ],
    weights: { path: '/weights', bytes: 1234 },
    split: 'test',
  });
}

const files = { weightsHash: 'w31gh75', pictures: [picture, null] };
const tags = (document: string) => [...document.matchAll(/<([a-z!][a-z0-9-]*)/gi)].map(([, name]) => name!);

describe('a report', () => {
  it.each(['en', 'zh'] as const)('takes nothing it was told for markup (%s)', (language) => {
    const document = reportDocument(hostileReport(), files, language);
    expect(document).not.toMatch(/<script|<img src=x|onerror=alert\(1\)>/);
    expect(new Set(tags(document)).has('script')).toBe(false);
    // The one picture is ours; every attribute that could run or fetch is absent.
    expect(document.match(/<img /g)).toHaveLength(1);
    expect(document).not.toMatch(/<[^>]+\s(on\w+|href|src)="(?!data:image\/webp)/);
    expect(document).toContain(escaped(hostile));
  });

  it('asks nothing of the network and forbids it', () => {
    const document = reportDocument(hostileReport(), files, 'en');
    const addresses = document.match(/https?:\/\/[^"'\s<)]+/g) ?? [];
    expect(new Set(addresses)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
    expect(document).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(document).not.toMatch(/@import|url\((?!#)/);
  });

  it('tells the numbers, the verdict with its interval, the hashes, and an export that is not the same', () => {
    const document = reportDocument(hostileReport(), files, 'en');
    for (const told of ['80.0 %', '49.0 %', '94.0 %', 'w31gh75', 'beef', 'abc', 'f00d', 'cafe'])
      expect(document).toContain(told);
    expect(document).toContain('is better than');
    expect(document).toContain('by 1.8 points, 95 % interval 0.6 to 3.1, p 0.010');
    expect(document).toContain('NOT the same model');
    expect(document).toContain('picture not found');
    expect(document.match(/<svg/g)!.length).toBeGreaterThanOrEqual(5);
  });

  it('draws the matrix of two hundred classes instead of a table wider than paper', () => {
    const classes = Array.from({ length: 200 }, (_, index) => `class ${index}`);
    const document = reportDocument(hostileReport(classes), files, 'en');
    expect(document).not.toContain('class="matrix"');
    expect(document).toContain('There are 200 classes');
  });

  it('does not let a name turn the words around it', () => {
    expect(escaped('a\u202egnp.exe\u2066')).toBe('a\ufffdgnp.exe\ufffd');
  });
});
