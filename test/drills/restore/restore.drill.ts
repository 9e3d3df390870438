import type { Drill } from '../frame/drill';
import { dynamoCase } from './dynamo.case';
import { jsonCase } from './json.case';

export const restoreDrill: Drill = {
  name: 'restore',
  about:
    'a backup made and restored by the commands of docs/BACKUP.md: everything acknowledged before it is there',
  sabotages: {
    partial: {
      about: 'part of the backup is missing: the journals, or some of the history',
      breaks: ['and not restored', 'acknowledged status updates lost at the restore'],
    },
  },
  cases: ({ storages }) => [
    ...(storages.includes('json') ? [jsonCase] : []),
    ...(storages.includes('dynamodb') ? [dynamoCase] : []),
  ],
};
