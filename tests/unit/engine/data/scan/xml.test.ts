import { describe, expect, it } from 'vitest';
import { parseXml, textOf, XmlError } from '../../../../../electron/engine/data/scan/xml.ts';

describe('an XML document', () => {
  it('gives elements and their text', () => {
    const root = parseXml(
      '\ufeff<?xml version="1.0"?><!-- c --><a x="1>2"><b> t &lt;&#x732b;&#20;> </b><c/><d><![CDATA[<&]]></d></a>\n'.slice(
        1,
      ),
    );
    expect(root.name).toBe('a');
    expect(root.children.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(textOf(root, 'b')).toBe('t <猫\u0014>');
    expect(textOf(root, 'd')).toBe('<&');
    expect(textOf(root, 'none')).toBe('');
  });

  it.each([
    ['', 'not one document'],
    ['plain text', 'not one document'],
    ['<a></a><b></b>', 'not one document'],
    ['<a>', 'never closed'],
    ['<a></b>', 'closes nothing'],
    ['</a>', 'closes nothing'],
    ['<a', 'markup'],
    ['<a b="<">', 'markup'],
    ['<!DOCTYPE a><a/>', 'markup'],
    ['<!ENTITY x "y"><a/>', 'markup'],
    ['<a>&x;</a>', 'no character'],
    ['<a>&#xd800;</a>', 'no character'],
    ['<a>&#0;</a>', 'no character'],
    ['<a>& </a>', 'no character'],
    ['<a>'.repeat(40) + '</a>'.repeat(40), 'deeply'],
    [`<a>${'<b/>'.repeat(100_001)}</a>`, 'too many'],
  ])('that is wrong is refused: %.30s', (source, message) => {
    expect(() => parseXml(source)).toThrow(XmlError);
    expect(() => parseXml(source)).toThrow(message);
  });

  it('that never ends its markup costs no more than its length', () => {
    const start = performance.now();
    for (const source of [
      '<a b='.padEnd(2_000_000, '"x" '),
      '<!--'.padEnd(2_000_000, '-'),
      '<'.repeat(500_000),
    ]) {
      expect(() => parseXml(source)).toThrow(XmlError);
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
