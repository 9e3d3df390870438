import { IncomingMessage } from 'node:http';
import { isRecord } from './blocks/rule';
import { RawArguments } from './arguments';
import { Refusal } from './refusal';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

export class BodyTooLarge extends Error {}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface ParsedBody {
  readonly args: RawArguments;
  readonly isJson: boolean;
}

/** The arguments of a form or JSON body. */
export function parseBody(contentType: string | undefined, body: Buffer): ParsedBody {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (!type && body.length === 0) return { args: {}, isJson: false };
  if (!type) throw new Refusal('missing_post_type');
  const text = decode(body);
  if (type === 'application/json') return { args: parseJson(text), isJson: true };
  if (type !== 'application/x-www-form-urlencoded') throw new Refusal('invalid_post_type');
  return { args: Object.fromEntries(new URLSearchParams(text)), isJson: false };
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal('invalid_charset');
  }
}

function parseJson(text: string): RawArguments {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('invalid_json');
  }
  if (!isRecord(value)) throw new Refusal('json_not_object');
  return value;
}
