/** A jest reporter that ends the run with one plain line, for people and for machines. */
import type { AggregatedResult, Reporter, TestContext } from '@jest/reporters';
import { writeSync } from 'node:fs';

export default class ClosingLine implements Pick<Reporter, 'onRunComplete'> {
  onRunComplete(_contexts: Set<TestContext>, results: AggregatedResult): void {
    const skipped = results.numPendingTests + results.numTodoTests;
    // A file that does not even load runs none of its tests; it counts as one failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const line = `${String(results.numPassedTests)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;
    // Jest's own summary goes to stderr after the reporters; this waits for it. By then --forceExit has silenced stdout.
    process.once('exit', () => {
      writeSync(1, `\n${line}\n`);
    });
  }
}
