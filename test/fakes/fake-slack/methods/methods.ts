import { authMethods } from './auth.methods';
import { blocksMethods } from './blocks.methods';
import { canvasSharingMethods } from './canvas-sharing.methods';
import { canvasesMethods } from './canvases.methods';
import { chatMethods } from './chat.methods';
import { conversationsMethods } from './conversations.methods';
import { filesMethods } from './files.methods';
import { SlackMethod } from './method';

/** Every method the fake knows; any other one answers `unknown_method`. */
export const METHODS: ReadonlyMap<string, SlackMethod> = new Map(
  [
    ...authMethods,
    ...chatMethods,
    ...conversationsMethods,
    ...canvasesMethods,
    ...canvasSharingMethods,
    ...filesMethods,
    ...blocksMethods,
  ].map((method) => [method.name, method]),
);
