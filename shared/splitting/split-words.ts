import type { Split } from '../contract/projects.ts';
import type { ToldSplitNote } from '../contract/data/splitting.ts';
import type { Language } from '../errors.ts';
import type { Grouping } from './grouping.ts';

const splitNames: Record<Language, Record<Split, string>> = {
  en: { train: 'training', validation: 'validation', test: 'test' },
  zh: { train: '训练集', validation: '验证集', test: '测试集' },
};

/** Why a class does not come out in the shares asked for, and what was done, in one sentence. */
export function splitNoteText(note: ToldSplitNote, language: Language): string {
  const { train, validation, test } = note.counts;
  const came = `${train} / ${validation} / ${test}`;
  const split = splitNames[language][note.split];
  const { percent, groups } = note;
  if (language === 'zh') {
    const group = note.group === '' ? '一组彼此相似的图片' : `组“${note.group}”`;
    const name = note.class === '' ? '未标注的图片' : `“${note.class}”`;
    if (note.code === 'one-group') {
      return `${name}的 ${percent}% 属于${group}，整组放入${split}；该类别实际划分为 ${came}。`;
    }
    if (note.code === 'few-groups')
      return `${name}只有 ${groups} 个组，不够分到每个划分；实际划分为 ${came}。`;
    return `${name}的组太大，无法更接近所要的比例；实际划分为 ${came}。`;
  }
  const group = note.group === '' ? 'one group of pictures that look alike' : `the group “${note.group}”`;
  const name = note.class === '' ? 'the unlabelled pictures' : note.class;
  if (note.code === 'one-group') {
    return `${percent} % of ${name} is ${group}, which stays whole in ${split}; ${name} comes out as ${came}.`;
  }
  if (note.code === 'few-groups') {
    const count = groups === 1 ? 'a single group' : `${groups} groups only`;
    return `${name} has ${count}, too few for every split; it comes out as ${came}.`;
  }
  return `The groups of ${name} are too large to come nearer to these shares; it comes out as ${came}.`;
}

/** What a grouping is called. */
export function groupingText(grouping: Grouping, language: Language): string {
  switch (grouping.from) {
    case 'attribute':
      return grouping.name;
    case 'folder':
      if (language === 'zh') return grouping.level === 1 ? '所在文件夹' : `上 ${grouping.level} 级文件夹`;
      return grouping.level === 1 ? 'folder of the file' : `folder, ${grouping.level} levels up`;
    case 'name':
      return language === 'zh'
        ? `文件名中“${grouping.until}”之前的部分`
        : `file name up to “${grouping.until}”`;
  }
}
