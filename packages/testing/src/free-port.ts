/** A TCP port that nothing listens on right now, for tests. */
export { freePort } from '@waymark/lifecycle/free-port.ts';
