/** Jest takes its global tear-down as a default export. */
export { teardown as default } from './global-setup.ts';
