import type { ChannelTraffic, Storm } from '../../../../domain/notifications/storm';
import { toInstant, toText, type Document, type DocumentMapping } from './document';

export const channelTrafficMapping: DocumentMapping<ChannelTraffic> = {
  toDocument: (traffic) => ({
    channelId: traffic.channelId,
    recentOpenings: traffic.recentOpenings.map((at) => at.toISOString()),
    storm: traffic.storm === null ? null : toStormDocument(traffic.storm),
    version: traffic.version,
  }),
  fromDocument: (document: Document<ChannelTraffic>) => ({
    ...document,
    recentOpenings: document.recentOpenings.map((at) => new Date(at)),
    storm: document.storm === null ? null : fromStormDocument(document.storm),
  }),
};

function toStormDocument(storm: Storm): Document<Storm> {
  return {
    id: storm.id,
    startedAt: storm.startedAt.toISOString(),
    lastJoinedAt: storm.lastJoinedAt.toISOString(),
    members: storm.members.map(({ alertId, title, slackUserId }) => ({ alertId, title, slackUserId })),
    reference: storm.reference,
    outcomeUnknown: storm.outcomeUnknown,
    shown: storm.shown,
    announced: storm.announced,
    editedAt: toText(storm.editedAt),
  };
}

function fromStormDocument(document: Document<Storm>): Storm {
  return {
    ...document,
    startedAt: new Date(document.startedAt),
    lastJoinedAt: new Date(document.lastJoinedAt),
    editedAt: toInstant(document.editedAt),
  };
}
