import { test } from '@jest/globals';
import { RuleTester } from 'eslint';
import { ownLines } from '../own-lines.ts';

const body = (lines: number) => 'work();\n'.repeat(lines);
const options = [{ max: 5 }];

test('the lines of inner functions do not count for the outer one', () => {
  const tester = new RuleTester();
  tester.run('own-lines', ownLines, {
    valid: [
      { code: `function short() {\n${body(3)}}`, options },
      {
        code: `function createPart() {\nreturn {\na() {\n${body(3)}},\nb: () => {\n${body(3)}},\n}; }`,
        options: [{ max: 5 }],
      },
    ],
    invalid: [
      {
        code: `function long() {\n${body(4)}}`,
        options,
        errors: [{ messageId: 'long', data: { own: '6', max: '5' } }],
      },
      {
        code: `function createPart() {\nreturn {\na() {\n${body(4)}},\n};\n}`,
        options,
        errors: [{ messageId: 'long', line: 3 }],
      },
    ],
  });
});
