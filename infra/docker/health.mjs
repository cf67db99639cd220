/**
 * The health of a service, for a container engine: exit code 0 while it is ready. One such process is started in
 * each container again and again, so it loads no more than it needs: not even what strips types, and not Node's HTTP
 * client, which takes longer than all the rest.
 */
import { connect } from 'node:net';
import process from 'node:process';

const READY = /^HTTP\/1\.1 200 /;
let answer = '';

const socket = connect(Number(process.env.OPERATIONS_PORT), '127.0.0.1', () => {
  // By HTTP 1.0 the answer ends with the connection.
  socket.write('GET /readyz HTTP/1.0\r\n\r\n');
});
socket
  .setTimeout(2500, () => socket.destroy(new Error('no answer')))
  .setEncoding('utf8')
  .on('data', (text) => (answer += text))
  .on('end', () => {
    finish(READY.test(answer), answer.slice(answer.indexOf('\r\n\r\n') + 4));
  })
  .on('error', ({ message }) => {
    finish(false, message);
  });

/** What is not ready is said in `docker inspect`. */
function finish(isReady, said) {
  process.stdout.write(`${said}\n`);
  process.exitCode = isReady ? 0 : 1;
}
