import { TEAM_ID, VESPER_BOT_ID, VESPER_USER_ID } from '../message';
import { SlackMethod } from './method';

const test: SlackMethod = {
  name: 'auth.test',
  tier: 'special',
  scopes: [],
  arguments: {},
  run: (_args, context) => ({
    url: context.pageUrl(),
    team: 'Fake Workspace',
    user: 'vesper',
    team_id: TEAM_ID,
    user_id: VESPER_USER_ID,
    bot_id: VESPER_BOT_ID,
    is_enterprise_install: false,
  }),
};

export const authMethods: readonly SlackMethod[] = [test];
