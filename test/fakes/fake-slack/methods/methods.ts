import { authMethods } from './auth.methods';
import { blocksMethods } from './blocks.methods';
import { chatMethods } from './chat.methods';
import { conversationsMethods } from './conversations.methods';
import { SlackMethod } from './method';

/** Every method the fake knows; any other one answers `unknown_method`. */
export const METHODS: ReadonlyMap<string, SlackMethod> = new Map(
  [...authMethods, ...chatMethods, ...conversationsMethods, ...blocksMethods].map((method) => [
    method.name,
    method,
  ]),
);
