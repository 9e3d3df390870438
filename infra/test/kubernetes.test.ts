import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { read, ROOT } from './repository';
import type { Json } from './stack';
import { faultsOf, type Manifest } from './typed-manifest';

const FOLDER = 'infra/kubernetes';
/** Of kustomize, and of an operator: Kubernetes itself has no types for them. */
const NOT_OF_KUBERNETES = ['kustomization.yaml', 'pod-monitor.example.yaml'];

const names = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.yaml'));
const load = (name: string) => parse(read(`${FOLDER}/${name}`)) as Manifest;
const deployment = load('deployment.yaml');
const pod = deployment['spec'].template.spec as Json;
const [container] = pod.containers as Json[];
const selector = { 'app.kubernetes.io/name': 'vesper' };

describe('manifests of Kubernetes', () => {
  it('are as its API describes them', () => {
    const manifests = names.filter((name) => !NOT_OF_KUBERNETES.includes(name)).map(load);
    assert.equal(manifests.length, 8);
    assert.deepEqual(faultsOf(manifests), []);
  });

  it('with a slip in them are found', () => {
    const slips = [
      { ...deployment, spec: { ...deployment['spec'], replica: 2 } },
      { ...deployment, spec: { ...deployment['spec'], selector: undefined } },
      { ...load('service.yaml'), spec: { ports: [{ port: '80' }] } },
      structuredClone(deployment),
    ];
    slips[3]!['spec'].template.spec.containers[0].readinesProbe = {};
    assert.equal(faultsOf(slips).length, slips.length);
  });

  it('are all part of the kustomization, but the examples', () => {
    const { resources } = load('kustomization.yaml');
    const own = names.filter((name) => name !== 'kustomization.yaml' && !name.includes('.example.'));
    assert.deepEqual(new Set(resources), new Set(own));
  });

  it('name no namespace: that is for whoever applies them', () => {
    for (const name of names) assert.equal(load(name)['metadata']?.namespace, undefined, name);
  });

  it('select what the deployment makes', () => {
    assert.deepEqual(deployment['spec'].selector.matchLabels, selector);
    assert.deepEqual(deployment['spec'].template.metadata.labels, selector);
    assert.deepEqual(load('service.yaml')['spec'].selector, selector);
    assert.deepEqual(load('pod-disruption-budget.yaml')['spec'].selector.matchLabels, selector);
    assert.deepEqual(load('network-policy.yaml')['spec'].podSelector.matchLabels, selector);
    assert.deepEqual(load('pod-monitor.example.yaml')['spec'].selector.matchLabels, selector);
  });

  it('let no pod run as root, write to its image, or do anything that Vesper does not', () => {
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.deepEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.equal(pod.automountServiceAccountToken, false);
  });

  it('ask whether it lives for a restart, and whether it is ready for requests', () => {
    assert.equal(container.livenessProbe.httpGet.path, '/api/v1/health/live');
    assert.equal(container.startupProbe.httpGet.path, '/api/v1/health/live');
    assert.equal(container.readinessProbe.httpGet.path, '/api/v1/health/ready');
  });

  it('take the place of one pod by a new one before it goes, and leave the number to the autoscaler: 2 to 10', () => {
    assert.deepEqual(deployment['spec'].strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
    assert.equal(deployment['spec'].replicas, undefined);
    const {
      minReplicas: least,
      maxReplicas: most,
      scaleTargetRef: target,
    } = load('horizontal-pod-autoscaler.yaml')['spec'];
    assert.deepEqual([least, most, target.name], [2, 10, deployment['metadata'].name]);
  });

  it('hand over variables by the names that the deployment asks for', () => {
    const { configMapGenerator: generators } = load('kustomization.yaml');
    const [configMap, secret] = container.envFrom;
    assert.deepEqual(generators, [{ name: configMap.configMapRef.name, envs: ['vesper.env'] }]);
    assert.equal(load('secret.example.yaml')['metadata'].name, secret.secretRef.name);
  });
});
