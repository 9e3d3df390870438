import { Canvases } from './canvas/canvases';
import { FakeChannel, FakeContent, FakeEdit, FakeMessage, VESPER_BOT_ID } from './message';
import { TimestampSource } from './slack-timestamp';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Room {
  readonly channel: FakeChannel;
  readonly timestamps: TimestampSource;
  /** In order of `ts`, deleted ones included. */
  readonly messages: Mutable<FakeMessage>[];
  readonly byTs: Map<string, Mutable<FakeMessage>>;
  readonly repliesByParent: Map<string, Mutable<FakeMessage>[]>;
}

export interface WorkspaceOptions {
  readonly now: () => number;
  readonly channels: readonly FakeChannel[];
  readonly autoCreateChannels: boolean;
}

export interface NewMessage {
  readonly content: FakeContent;
  readonly threadTs: string | null;
  readonly isBroadcast: boolean;
  readonly author: 'vesper' | 'human';
}

const CHANNEL_ID = /^C[A-Z0-9]{8,}$/;

/** Channels with their messages, and canvases: the state behind the methods. It checks nothing; the methods do. */
export class Workspace {
  readonly canvases: Canvases;
  private readonly rooms = new Map<string, Room>();
  /** Grows with every change, so that a reader can tell whether anything happened. */
  revision = 0;

  constructor(private readonly options: WorkspaceOptions) {
    this.canvases = new Canvases(options.now, () => {
      this.revision += 1;
    });
    this.reset();
  }

  reset(): void {
    this.rooms.clear();
    this.canvases.reset();
    for (const channel of this.options.channels) this.open(channel);
    this.revision += 1;
  }

  get channels(): FakeChannel[] {
    return [...this.rooms.values()].map((room) => room.channel);
  }

  findChannel(id: string): FakeChannel | null {
    return this.findRoom(id)?.channel ?? null;
  }

  /** Every message of the channel in order of `ts`, deleted ones included. */
  messagesOf(channelId: string): readonly FakeMessage[] {
    return this.rooms.get(channelId)?.messages ?? [];
  }

  findMessage(channelId: string, ts: string): FakeMessage | null {
    return this.find(channelId, ts);
  }

  livingReplies(channelId: string, parentTs: string): FakeMessage[] {
    const replies = this.rooms.get(channelId)?.repliesByParent.get(parentTs) ?? [];
    return replies.filter((reply) => !reply.deleted);
  }

  post(channelId: string, draft: NewMessage): FakeMessage {
    const room = this.rooms.get(channelId);
    if (!room) throw new Error(`no such channel: ${channelId}`);
    const message: Mutable<FakeMessage> = {
      ...draft.content,
      channel: channelId,
      ts: room.timestamps.next(this.options.now()),
      threadTs: draft.threadTs,
      isBroadcast: draft.isBroadcast,
      edits: [],
      deleted: false,
      postedAt: this.options.now(),
      botId: draft.author === 'vesper' ? VESPER_BOT_ID : null,
    };
    room.messages.push(message);
    room.byTs.set(message.ts, message);
    if (message.threadTs !== null) {
      const siblings = room.repliesByParent.get(message.threadTs) ?? [];
      room.repliesByParent.set(message.threadTs, [...siblings, message]);
    }
    this.revision += 1;
    return message;
  }

  edit(channelId: string, ts: string, content: FakeContent): FakeMessage {
    const message = this.mustFind(channelId, ts);
    const older: FakeEdit = { at: this.options.now(), text: message.text, blocks: message.blocks };
    Object.assign(message, content, { edits: [...message.edits, older] });
    this.revision += 1;
    return message;
  }

  remove(channelId: string, ts: string): void {
    this.mustFind(channelId, ts).deleted = true;
    this.revision += 1;
  }

  private open(channel: FakeChannel): Room {
    const room: Room = {
      channel,
      timestamps: new TimestampSource(),
      messages: [],
      byTs: new Map(),
      repliesByParent: new Map(),
    };
    this.rooms.set(channel.id, room);
    return room;
  }

  private findRoom(id: string): Room | null {
    const known = this.rooms.get(id);
    if (known) return known;
    if (!this.options.autoCreateChannels || !CHANNEL_ID.test(id)) return null;
    this.revision += 1;
    return this.open({
      id,
      name: id.toLowerCase(),
      isPrivate: false,
      isArchived: false,
      botIsMember: true,
    });
  }

  private find(channelId: string, ts: string): Mutable<FakeMessage> | null {
    return this.rooms.get(channelId)?.byTs.get(ts) ?? null;
  }

  private mustFind(channelId: string, ts: string): Mutable<FakeMessage> {
    const message = this.find(channelId, ts);
    if (!message) throw new Error(`no message ${ts} in ${channelId}`);
    return message;
  }
}
