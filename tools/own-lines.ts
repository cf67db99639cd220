/**
 * An ESLint rule: a function fits a screen. It counts a function's own lines, without those of the functions
 * inside it, because a factory that only holds closures is as easy to read as its longest closure, while
 * ESLint's max-lines-per-function would ask to cut it apart.
 */
import type { Rule } from 'eslint';

interface Lines {
  own: number;
}

export const ownLines: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    schema: [
      {
        type: 'object',
        properties: { max: { type: 'integer', minimum: 1 } },
        required: ['max'],
        additionalProperties: false,
      },
    ],
    messages: { long: 'This function has {{own}} lines of its own; {{max}} are allowed.' },
  },
  create(context) {
    const [{ max }] = context.options as [{ max: number }];
    const open: Lines[] = [];
    return {
      ':function'() {
        open.push({ own: 0 });
      },
      ':function:exit'(node: Rule.Node) {
        const lines = open.pop();
        if (lines === undefined || !node.loc) return;
        const spanned = node.loc.end.line - node.loc.start.line + 1;
        lines.own += spanned;
        if (lines.own > max) {
          context.report({
            node,
            messageId: 'long',
            data: { own: String(lines.own), max: String(max) },
          });
        }
        // The line on which an inner function begins belongs to the outer one, too.
        const outer = open.at(-1);
        if (outer !== undefined) outer.own -= spanned - 1;
      },
    };
  },
};
