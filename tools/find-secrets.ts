/** Keys, tokens and passwords in a text, by the forms that their makers give them; which those are is secretlint's matter. */
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const PRESET = '@secretlint/secretlint-rule-preset-recommend';
const CONNECTIONS = '@secretlint/secretlint-rule-database-connection-string';

const config = {
  rules: [
    {
      id: PRESET,
      rule: creator,
      // The database of a test's own container, which lives as long as the test.
      rules: [{ id: CONNECTIONS, options: { allows: ['/postgres:test@/'] } }],
    },
  ],
};

export async function findSecrets(content: string): Promise<{ line: number; what: string }[]> {
  const { messages } = await lintSource({
    source: { filePath: 'text.txt', content, contentType: 'text', ext: '.txt' },
    // What is found is printed, maybe into a log that many read.
    options: { config, maskSecrets: true },
  });
  return messages.map(({ loc, messageId }) => ({ line: loc.start.line, what: messageId }));
}
