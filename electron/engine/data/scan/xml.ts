/**
 * The part of XML that annotation files use: elements and text. Attributes, comments, processing instructions and
 * namespaces are passed over. A document type is refused, and with it every entity but the five that XML itself
 * defines: nothing is ever expanded, fetched or included (see OWASP, "XML External Entity Prevention").
 */
export interface XmlElement {
  name: string;
  children: XmlElement[];
  /** All text directly inside, joined. */
  text: string;
}

export class XmlError extends Error {
  override readonly name = 'XmlError';
}

const deepest = 32;
const mostElements = 100_000;
/** Comments, CDATA sections, instructions, declarations; then tags with quoted attribute values. */
const markup =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s<>/!?"'=]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/y;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a document and returns its root.
 * @throws XmlError for what is not well formed, declares a document type, or is deeper or larger than any annotation
 */
export function parseXml(source: string): XmlElement {
  const top: XmlElement = { name: '', children: [], text: '' };
  const open = [top];
  let elements = 0;
  let at = 0;
  while (at < source.length) {
    const here = open[open.length - 1]!;
    const next = source.indexOf('<', at);
    here.text += decoded(source.slice(at, next < 0 ? source.length : next));
    if (next < 0) break;
    markup.lastIndex = next;
    const match = markup.exec(source);
    if (!match) throw new XmlError(`no well-formed markup at character ${next}`);
    at = markup.lastIndex;
    const [, literal, closing, name, rest] = match;
    if (literal !== undefined) here.text += literal;
    if (name === undefined) continue;
    if (closing) {
      if (open.length === 1 || here.name !== name) throw new XmlError(`</${name}> closes nothing`);
      open.pop();
      continue;
    }
    if (++elements > mostElements) throw new XmlError('too many elements');
    const element: XmlElement = { name, children: [], text: '' };
    here.children.push(element);
    if (!rest?.endsWith('/')) open.push(element);
    if (open.length > deepest) throw new XmlError('nested too deeply');
  }
  const [root] = top.children;
  if (open.length > 1) throw new XmlError(`<${open[open.length - 1]!.name}> is never closed`);
  if (!root || top.children.length > 1 || top.text.trim() !== '') throw new XmlError('not one document');
  return root;
}

/** The text of the first child of this name, without surrounding space; '' when there is none. */
export function textOf(element: XmlElement | undefined, name: string): string {
  return element?.children.find((child) => child.name === name)?.text.trim() ?? '';
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,10};?)/g, (whole, inner: string) => {
    const name = inner.slice(0, -1);
    const character = inner.endsWith(';') ? (named[name] ?? numbered(name)) : undefined;
    if (character === undefined) throw new XmlError(`${whole} is no character XML defines`);
    return character;
  });
}

function numbered(name: string): string | undefined {
  const match = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  if (!match) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : parseInt(match[1], 16);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
    ? String.fromCodePoint(code)
    : undefined;
}
