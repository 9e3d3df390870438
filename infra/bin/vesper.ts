import { App } from 'aws-cdk-lib/core';
import { readSettings } from '../lib/settings';
import { VesperStack } from '../lib/vesper-stack';

const app = new App({ analyticsReporting: false });
// No account and no region are named: the stack goes where the credentials of `cdk deploy` point, and nothing is looked up at synth.
new VesperStack(app, 'Vesper', {
  settings: readSettings(app.node.getAllContext() as Record<string, unknown>),
  terminationProtection: true,
});
