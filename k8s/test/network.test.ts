/** The network of the built manifests: every arrow of arrows.ts is open, and between any other two pods nothing is. */
import { beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { arrowsInCluster, arrowsOfServices, type Arrow } from '../source/arrows.ts';
import { build, describeWithKubectl, workloadsOf, type Overlay } from './built.ts';
import { isOpen, isOpenToAll, type Pod, type Policy } from './evaluate.ts';

interface Network {
  policies: Policy[];
  pods: Pod[];
  ports: number[];
}

function networkOf(overlay: Overlay): Network {
  const built = build(overlay);
  const policies = built.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as Policy[];
  const workloads = workloadsOf(built);
  const ports = workloads.flatMap(({ spec }) =>
    spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort)),
  );
  return { policies, pods: workloads, ports: [...new Set([...ports, 22, 443])] };
}

const written = ({ from, to, port }: Arrow) => `${from} -> ${to}:${String(port)}`;

/** Every connection that could be tried, and may. */
function openArrows({ policies, pods, ports }: Network): string[] {
  const open = pods.flatMap((from) =>
    pods.flatMap((to) =>
      ports
        .filter((port) => from !== to && isOpen(policies, { from, to, port }))
        .map((port) => written({ from: from.name, to: to.name, port })),
    ),
  );
  return open.sort();
}

/** The door is open for all, so for every pod that may leave: none but these may. */
const throughTheDoor = (arrow: string) => /-> gateway:8080$/.test(arrow);

describeWithKubectl('the network', () => {
  let dev: Network;
  beforeAll(() => {
    dev = networkOf('dev');
  });

  test('in dev exactly the drawn arrows are open', () => {
    const drawn = [...arrowsOfServices, ...arrowsInCluster].map(written).sort();
    expect(dev.pods.length).toBeGreaterThan(15);
    // The API server is no pod, so the two that may ask it may leave for its port.
    expect(openArrows(dev)).toEqual(drawn);
  });

  test('where the servers are a cloud’s, services reach each other as in dev and no more', () => {
    const drawn = arrowsOfServices.filter(({ from }) => from !== 'prometheus').map(written);
    for (const overlay of ['staging', 'production'] as const)
      expect(openArrows(networkOf(overlay))).toEqual([...drawn].sort());
  });

  test('the gateway’s door is the only one that is open to whoever comes', () => {
    const { policies, pods, ports } = dev;
    const doors = pods.flatMap((pod) =>
      ports
        .filter((port) => isOpenToAll(policies, pod, port))
        .map((port) => `${pod.name}:${String(port)}`),
    );
    expect(doors).toEqual(['gateway:8080']);
  });

  test('without the policy that denies all, a pod that nobody thought of is open', () => {
    const stranger: Pod = { name: 'stranger', labels: {} };
    const ofAll = ['deny-all', 'ask-for-names'];
    const policies = dev.policies.filter(({ metadata }) => !ofAll.includes(metadata.name));
    const call = { from: stranger, to: { ...stranger, name: 'other' }, port: 8080 };
    expect(isOpen(dev.policies, call)).toBe(false);
    expect(isOpen(policies, call)).toBe(true);
  });

  test('without its line in the table, a call is closed', () => {
    const without = dev.policies.filter(({ metadata }) => metadata.name !== 'payments');
    const open = openArrows({ ...dev, policies: without });
    expect(open).not.toContain('payments -> psp:8080');
    expect(open.filter(throughTheDoor).length).toBeGreaterThan(0);
  });
});

test('docs/kubernetes.md draws the same arrows', () => {
  const file = path.join(import.meta.dirname, '../../docs/kubernetes.md');
  const rows = readFileSync(file, 'utf8').matchAll(/^\| `(\w+):(\d+)` \| ([^|]+) \|/gm);
  const drawn = [...rows].flatMap(([, to = '', port = '', from = '']) =>
    from
      .trim()
      .split(', ')
      .map((name) => written({ from: name, to, port: Number(port) })),
  );
  const expected = [...arrowsOfServices, ...arrowsInCluster].map(written);
  expect(drawn.sort()).toEqual(expected.sort());
});
