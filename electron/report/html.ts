/** Text that is HTML already: what the `html` tag makes, and drawings of our own. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const replacements: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Characters that no document may hold, and those that turn the direction of what follows them. */
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** Any text as text: whatever it says, it neither becomes markup nor turns the words around it. */
export const escaped = (text: string): string =>
  text.replace(hidden, '\ufffd').replace(/[&<>"']/g, (character) => replacements[character] ?? character);

type Part = Html | string | number | readonly Html[];

/** A piece of a document. What is put in is escaped, unless it is a piece itself. */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Html {
  const texts = parts.map((part) => {
    if (part instanceof Html) return part.text;
    return typeof part === 'object' ? part.map(({ text }) => text).join('') : escaped(String(part));
  });
  return new Html(literals.reduce((whole, literal, index) => whole + (texts[index - 1] ?? '') + literal));
}

export const nothing = new Html('');
