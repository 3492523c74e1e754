import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { messages } from '../../../renderer/locales/index.ts';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

const en = flat(messages.en);
const zh = flat(messages.zh);
const root = join(import.meta.dirname, '../../../renderer');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('locales'))
  .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));

const domains = Object.keys(messages.en).join('|');
/** Ids of commands, methods and events look like keys and are none. */
const noKey = '(?<!\\bid: |\\bcall\\(|\\bon\\()';

function placeholders(sentence: string): string[] {
  return [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort();
}

describe('the sentences of the interface', () => {
  it('exist in both languages', () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
    expect([...en.values(), ...zh.values()].filter((sentence) => sentence.trim() === '')).toEqual([]);
  });

  it('take the same values in both languages', () => {
    const different = [...en].filter(
      ([key, sentence]) => placeholders(sentence).join() !== placeholders(zh.get(key) ?? '').join(),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it('are there for every key a screen asks for', () => {
    const literal = new RegExp(`${noKey}'((?:${domains})\\.[\\w.-]+)'`, 'g');
    const missing = sources.flatMap(({ name, text }) =>
      [...text.matchAll(literal)]
        .map(([, key]) => key ?? '')
        .filter((key) => !en.has(key))
        .map((key) => `${name}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('are there for every family of keys a screen builds', () => {
    const built = new RegExp(`${noKey}\`((?:${domains})\\.(?:[\\w-]+\\.)*)\\$\\{`, 'g');
    const missing = sources.flatMap(({ name, text }) =>
      [...text.matchAll(built)]
        .map(([, prefix]) => prefix ?? '')
        .filter((prefix) => ![...en.keys()].some((key) => key.startsWith(prefix)))
        .map((prefix) => `${name}: ${prefix}*`),
    );
    expect(missing).toEqual([]);
  });
});
