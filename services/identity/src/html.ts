/**
 * HTML as a tagged template that escapes whatever is put into it. What is already HTML has a type of its own,
 * so that forgetting to escape is not possible and escaping twice does not happen.
 */
export interface Html {
  readonly markup: string;
}

type Part = string | Html | readonly Html[] | undefined;

/** Text and attribute values in double quotes; no place for text inside a script, a style or an unquoted attribute. */
export function html(template: TemplateStringsArray, ...parts: Part[]): Html {
  const rest = parts.map((part, index) => toMarkup(part) + (template[index + 1] ?? ''));
  return { markup: (template[0] ?? '') + rest.join('') };
}

/** For markup that our own libraries made. */
export function trusted(markup: string): Html {
  return { markup };
}

function toMarkup(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
