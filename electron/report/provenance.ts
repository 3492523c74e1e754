import type { Recipe, Stage } from '../../shared/recipe/recipe.ts';
import { html, nothing, type Html } from './html.ts';
import type { ReportData, ReportFiles } from './report-data.ts';
import type { Speech } from './say.ts';

type Row = [name: string, value: string];

/** What it was made of and how another machine can verify it. */
export function recipeSection({ run, freezing }: ReportData, speech: Speech): Html {
  const { words, say, count } = speech;
  const seconds = Object.values(run.seconds).reduce((sum, value) => sum + value, 0);
  const rows: Row[] = [
    ...recipeRows(run.recipe, speech),
    [words.duration, say(words.durationText, { seconds: seconds.toFixed(1), device: run.device })],
    ...(run.params
      ? [
          [
            words.parameters,
            say(words.parametersText, {
              trainable: count(run.params.trainable),
              frozen: count(run.params.frozen),
            }),
          ] satisfies Row,
        ]
      : []),
  ];
  const proof =
    freezing && freezing.frozenLayers > 0
      ? say(run.frozenUnchanged === false ? words.freezingBroken : words.freezingText, {
          layers: count(freezing.frozenLayers),
          values: count(freezing.frozenValues),
          trained: count(freezing.trainedLayers),
        })
      : null;
  return html`<section>
    <h2>${words.recipe}</h2>
    ${factTable(rows)} ${proof === null ? nothing : html`<p><strong>${words.freezing}.</strong> ${proof}</p>`}
  </section>`;
}

function recipeRows(recipe: Recipe, { words, say }: Speech): Row[] {
  const { head, input, augmentation } = recipe;
  const varied = Object.entries(augmentation ?? {})
    .filter(([key, value]) => key !== 'variants' && value !== 0 && value !== false)
    .map(([key, value]) => (value === true ? key : `${key} ${value}`));
  const regularization = {
    smoothing: recipe.labelSmoothing,
    l2: recipe.l2,
    l2sp: recipe.l2sp,
    weights: recipe.classWeights,
  };
  return [
    [words.kind, words.kinds[recipe.kind]],
    [words.backbone, backbone(recipe, { words, say })],
    [words.input, say(words.inputText, { size: input.size, resize: words[input.resize] })],
    [
      words.head,
      say(words.headText, {
        pooling: words[head.pooling],
        hidden: head.hidden.join(' + ') || words.none,
        dropout: head.dropout,
      }),
    ],
    ...recipe.stages.map((stage, index): Row => [
      say(words.stage, { n: index + 1 }),
      stageText(stage, { words, say }),
    ]),
    [words.augmentation, varied.join(', ') || words.none],
    [words.regularization, say(words.regularizationText, regularization)],
    [words.seed, String(recipe.seed)],
  ];
}

type Saying = Pick<Speech, 'words' | 'say'>;

function backbone({ backbone: source }: Recipe, { words, say }: Saying): string {
  if (source === null) return words.backboneNone;
  if (source.from === 'run') return say(words.backboneRun, { run: source.run });
  const width = source.alpha === 1 ? '' : ` α ${source.alpha}`;
  const weights =
    source.weights === null ? words.backboneRandom : say(words.backboneWeights, { hash: source.weights });
  return `${source.arch}${width}, ${weights}`;
}

function stageText({ train, epochs, optimizer, batchSize, schedule }: Stage, { words, say }: Saying): string {
  const what = {
    head: () => words.trainHead,
    all: () => words.trainAll,
    from: () => say(words.trainFrom, { block: train.what === 'from' ? train.block : '' }),
    layers: () => say(words.trainLayers, { n: train.what === 'layers' ? train.layers.length : 0 }),
  }[train.what]();
  return say(words.stageText, {
    what,
    epochs,
    optimizer: optimizer.name,
    rate: optimizer.learningRate,
    batch: batchSize,
    schedule: schedule.name,
  });
}

export function dataSection({ data, run }: ReportData, { words, say, count }: Speech): Html {
  const sum = (of: (row: ReportData['data']['rows'][number]) => number) =>
    data.rows.reduce((total, row) => total + of(row), 0);
  const line = (name: string, train: number, validation: number, test: number) =>
    html`<tr>
      <th scope="row"><bdi>${name}</bdi></th>
      <td class="number">${count(train)}</td>
      <td class="number">${count(validation)}</td>
      <td class="number">${count(test)}</td>
    </tr>`;
  const { collection } = run.recipe.data;
  return html`<section>
    <h2>${words.data}</h2>
    <p class="quiet">
      ${collection === null ? '' : `${say(words.collection, { name: collection })}. `}${words.dataHint}
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">${words.class}</th>
          <th scope="col" class="number">${words.train}</th>
          <th scope="col" class="number">${words.validationSplit}</th>
          <th scope="col" class="number">${words.test}</th>
        </tr>
      </thead>
      <tbody>
        ${data.rows.map((row) => line(row.name, row.train, row.validation, row.test))}
      </tbody>
      <tfoot>
        ${line(
          words.total,
          sum(({ train }) => train),
          sum(({ validation }) => validation),
          sum(({ test }) => test),
        )}
      </tfoot>
    </table>
  </section>`;
}

export function proofSection(
  report: ReportData,
  { weightsHash }: ReportFiles,
  { words, say, count }: Speech,
): Html {
  const { run, data, version, certificates, weights } = report;
  const rows: Row[] = [
    [say(words.weightsHash, { bytes: count(weights.bytes) }), weightsHash],
    [words.splitHash, run.recipe.data.splitHash ?? '–'],
    [words.picturesHash, data.picturesHash],
    [words.revision, String(run.recipe.data.revision ?? '–')],
    [words.run, run.id],
    [words.madeWith, `Graft ${version}, ${run.device}`],
  ];
  return html`<section>
    <h2>${words.proof}</h2>
    <p class="quiet">${words.proofHint}</p>
    ${factTable(rows, 'hash')} ${exportsTable(certificates, { words, say })}
  </section>`;
}

function exportsTable(certificates: ReportData['certificates'], { words, say }: Saying): Html {
  if (certificates.length === 0) return nothing;
  const rows = certificates.map((one): Row => {
    const sentence = { true: words.exportSame, false: words.exportOther, null: words.exportUnknown };
    const facts = {
      share: `${((one.agreement ?? 0) * 100).toFixed(1)} %`,
      n: one.checked,
      difference: one.largestDifference?.toExponential(1) ?? '–',
    };
    return [`${one.format} · ${one.sha256}`, say(sentence[`${one.agrees}`], facts)];
  });
  return html`<h3>${words.exports}</h3>
    ${factTable(rows)}`;
}

function factTable(rows: readonly Row[], kind = ''): Html {
  const body = rows.map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class="${kind}">${value}</td>
      </tr>`,
  );
  return html`<table class="facts">
    <tbody>
      ${body}
    </tbody>
  </table>`;
}
