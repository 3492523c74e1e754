import {
  mdiChartBoxOutline,
  mdiFlaskOutline,
  mdiImageMultipleOutline,
  mdiImageSearchOutline,
  mdiLayersTripleOutline,
  mdiSchoolOutline,
} from '@mdi/js';

/** The order of work, as the rail shows it. */
export const steps = [
  { name: 'data', icon: mdiImageMultipleOutline },
  { name: 'backbones', icon: mdiLayersTripleOutline },
  { name: 'train', icon: mdiSchoolOutline },
  { name: 'results', icon: mdiChartBoxOutline },
  { name: 'experiments', icon: mdiFlaskOutline },
  { name: 'predict', icon: mdiImageSearchOutline },
] as const;

export type StepName = (typeof steps)[number]['name'];
