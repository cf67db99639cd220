/** Jest takes its global set-up as a default export. */
export { setup as default } from './global-setup.ts';
