/** kubectl's command line. It talks to the cluster of KUBECONFIG. */
import { run } from '../program.ts';

export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** Its output. Throws UserError with the end of what it complained of. */
export const kubectl: Kubectl = (args, input) => run('kubectl', { args, input });
