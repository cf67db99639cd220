/**
 * A canary as Kubernetes objects: a second Deployment beside each service's own, with the new image and the labels that
 * the Service selects by, so that it gets its part of the requests and of the topics' partitions. Going back is to
 * delete it, and the old pods were never touched.
 */

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

export interface Deployment extends Manifest {
  spec: {
    replicas?: number;
    selector: { matchLabels: Record<string, string> };
    template: { metadata: { labels: Record<string, string> } };
  };
}

/** Marks what belongs to a canary, to find and delete it by. */
export const CANARY = { 'waymark.example/track': 'canary' };

export function isDeployment(manifest: Manifest): manifest is Deployment {
  return manifest.kind === 'Deployment';
}

/** `replicas` of the new version, beside the Deployment that it is to replace. */
export function canaryOf(deployment: Deployment, replicas: number): Deployment {
  const { metadata, spec } = deployment;
  return {
    ...deployment,
    metadata: {
      ...metadata,
      name: `${metadata.name}-canary`,
      labels: { ...metadata.labels, ...CANARY },
    },
    spec: {
      ...spec,
      replicas,
      // Two Deployments may not claim the same pods; the Service goes on selecting both by the labels they share.
      selector: { matchLabels: { ...spec.selector.matchLabels, ...CANARY } },
      template: {
        ...spec.template,
        metadata: {
          ...spec.template.metadata,
          labels: { ...spec.template.metadata.labels, ...CANARY },
        },
      },
    },
  };
}

/** How many pods make up `share` of all, on top of the old ones: none of those is taken away. */
export function canaryReplicas(oldReplicas: number, share: number): number {
  return Math.max(1, Math.round((oldReplicas * share) / (1 - share)));
}
