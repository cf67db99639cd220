/**
 * The health of a service, for a container engine: exit code 0 while it is ready. Every few seconds one such
 * process is started in each container, so it loads no more than it needs, not even what strips types.
 */
import { get } from 'node:http';
import process from 'node:process';

const port = Number(process.env.OPERATIONS_PORT);
get({ host: '127.0.0.1', port, path: '/readyz', timeout: 2500 }, (answer) => {
  // What is not ready is said in `docker inspect`.
  answer.pipe(process.stdout);
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
})
  .on('timeout', (request) => request.destroy(new Error('no answer')))
  .on('error', ({ message }) => {
    process.stdout.write(`${message}\n`);
    process.exitCode = 1;
  });
