/** Something the person at the keyboard can put right: one line, no stack, exit code 1. */
export class UserError extends Error {}
