/**
 * A kubectl for tests: it keeps Deployments as a cluster does (generations, revisions, annotations), makes their pods
 * ready at once, and writes down what it was asked. It knows the words that the delivery uses, and throws at others.
 */
import type { Deployment, Manifest } from '../lib/delivery/canary.ts';
import type { Kubectl } from '../lib/delivery/kubectl.ts';

export interface Applied extends Deployment {
  spec: Deployment['spec'] & {
    template: Deployment['spec']['template'] & { spec: { containers: { image: string }[] } };
  };
}

export interface ScriptedCluster {
  kubectl: Kubectl;
  calls: string[];
  /** By name; the image of each. */
  images(): Record<string, string>;
  replicasOf(name: string): number | undefined;
  /** Answers in place of the cluster, or throws, where it returns something. */
  interfere: (line: string) => string | undefined;
}

export function deployment(name: string, image: string, replicas = 4): Applied {
  const labels = { 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'waymark', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ image }] } },
    },
  };
}

export function scriptCluster(...running: Applied[]): ScriptedCluster {
  const live = new Map<string, { now: Applied; history: Applied[] }>();
  const put = (next: Applied) => {
    const known = live.get(next.metadata.name);
    const same = JSON.stringify(known?.now.spec) === JSON.stringify(next.spec);
    const history = known === undefined ? [next] : same ? known.history : [...known.history, next];
    const annotations = known?.now.metadata.annotations ?? {};
    live.set(next.metadata.name, {
      now: { ...next, metadata: { ...next.metadata, annotations } },
      history,
    });
  };
  const find = (name = '') => {
    const found = live.get(name.replace('deployment/', ''));
    if (found === undefined) throw new Error(`no deployment ${name}`);
    return found;
  };
  running.forEach(put);

  const verbs: Record<string, (args: string[], input: string) => string> = {
    apply(_, input) {
      const { items } = JSON.parse(input) as { items: Manifest[] };
      for (const item of items) if (item.kind === 'Deployment') put(item as Applied);
      return '';
    },
    get([kind]) {
      if (kind === 'job')
        return JSON.stringify({ status: { conditions: [{ type: 'Complete', status: 'True' }] } });
      return JSON.stringify({ items: [...live.values()].map(statusOf) });
    },
    annotate([, name = '', note = '']) {
      const [key = '', value] = note.replace(/-$/, '').split('=');
      const targets = name === '--all' ? [...live.values()] : [find(name)];
      for (const { now } of targets) {
        const notes = Object.entries(now.metadata.annotations ?? {}).filter(([k]) => k !== key);
        if (value !== undefined) notes.push([key, value]);
        now.metadata.annotations = Object.fromEntries(notes);
      }
      return '';
    },
    delete([kind]) {
      if (kind !== 'deployments') return '';
      for (const name of live.keys()) if (name.endsWith('-canary')) live.delete(name);
      return '';
    },
    rollout([action, name, flag = '']) {
      const found = find(name);
      const to = found.history[Number(flag.replace('--to-revision=', '')) - 1];
      if (action === 'undo' && to !== undefined) put(to);
      return '';
    },
  };

  const script: ScriptedCluster = {
    calls: [],
    interfere: () => undefined,
    images: () =>
      Object.fromEntries(
        [...live].map(([name, { now }]) => [
          name,
          now.spec.template.spec.containers[0]?.image ?? '',
        ]),
      ),
    replicasOf: (name) => live.get(name)?.now.spec.replicas,
    kubectl: async ([verb = '', ...args], input = '') => {
      const line = [verb, ...args].join(' ');
      script.calls.push(line);
      const answer = script.interfere(line);
      if (answer !== undefined) return answer;
      const act = verbs[verb];
      if (act === undefined) throw new Error(`no script for kubectl ${line}`);
      return act(args, input);
    },
  };
  return script;
}

function statusOf({ now, history }: { now: Applied; history: Applied[] }) {
  const { replicas } = now.spec;
  const revision = { 'deployment.kubernetes.io/revision': String(history.length) };
  return {
    ...now,
    metadata: {
      ...now.metadata,
      generation: history.length,
      annotations: { ...now.metadata.annotations, ...revision },
    },
    status: {
      observedGeneration: history.length,
      replicas,
      updatedReplicas: replicas,
      availableReplicas: replicas,
    },
  };
}
