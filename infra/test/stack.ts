import { Stage } from 'aws-cdk-lib/core';
import { Template } from 'aws-cdk-lib/assertions';
import { readSettings } from '../lib/settings';
import { VesperStack } from '../lib/vesper-stack';
import { read } from './repository';

/** The least that an installation must say. */
export const LEAST = {
  'vesper:imageTag': '1.2.3',
  'vesper:certificateArn':
    'arn:aws:acm:eu-central-1:123456789012:certificate/0c0c8a4e-0000-4000-8000-000000000000',
  'vesper:secretArn': 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:vesper-AbCdEf',
};

const FLAGS = (JSON.parse(read('infra/cdk.json')) as { context: Record<string, unknown> }).context;

/**
 * The template of an installation. Its root is a bare stage: an App would check each template by the rules of CloudFormation, which
 * takes seconds and which `npm run synth` does.
 */
export function templateOf(context: Record<string, unknown> = {}): Template {
  const root = new Stage(undefined as never, '');
  for (const [flag, value] of Object.entries(FLAGS)) root.node.setContext(flag, value);
  return Template.fromStack(
    new VesperStack(root, 'Vesper', { settings: readSettings({ ...LEAST, ...context }) }),
  );
}

/** What a template says: nobody has written types for it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, Json>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export function resources(template: Template, type: string): (Resource & { readonly id: string })[] {
  const found = template.findResources(type) as Record<string, Resource>;
  return Object.entries(found).map(([id, resource]) => ({ id, ...resource }));
}

/** The one resource of its type. */
export function single(template: Template, type: string): Resource & { readonly id: string } {
  const [one, ...others] = resources(template, type);
  if (one === undefined || others.length > 0) throw new Error(`${type}: ${others.length + 1} instead of one`);
  return one;
}
