import { createHash } from 'node:crypto';
import { invalid, missing, Refusal } from './refusal';
import type { Parameters } from './parameters';

/** Of one message with its attributes, and of a batch. */
export const LARGEST_BYTES = 1_048_576;
/** `#x9 | #xA | #xD | #x20-#xD7FF | #xE000-#xFFFD | #x10000-#x10FFFF` */
const XML_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
/** Letters, digits and the punctuation of ASCII. */
const ID_TEXT = /^[!-~]{1,128}$/;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue: string;
}

/** What a sender says of one message. */
export interface Draft {
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly bytes: number;
}

/** @throws Refusal of everything that SQS refuses of a message for a FIFO queue */
export function readDraft(entry: Parameters, contentBasedDeduplication: boolean): Draft {
  const body = entry.text('MessageBody');
  const group = entry.text('MessageGroupId');
  const givenId = entry.optionalText('MessageDeduplicationId');
  const delay = entry.optionalCount('DelaySeconds', 0, 900);
  const attributes = readAttributes(entry.map('MessageAttributes'));
  entry.end();
  if (delay !== null)
    throw invalid('DelaySeconds', 'The request include parameter that is not valid for this queue type');
  if (!ID_TEXT.test(group))
    throw invalid(
      'MessageGroupId',
      'can only include alphanumeric and punctuation characters, 1 to 128 in length',
    );
  if (givenId === null && !contentBasedDeduplication)
    throw new Refusal(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  if (givenId !== null && !ID_TEXT.test(givenId))
    throw invalid(
      'MessageDeduplicationId',
      'can only include alphanumeric and punctuation characters, 1 to 128 in length',
    );
  if (body === '') throw missing('MessageBody');
  const texts = [body, ...Object.values(attributes).map(({ StringValue }) => StringValue)];
  if (!texts.every((text) => XML_TEXT.test(text)))
    throw new Refusal(
      'InvalidMessageContents',
      'Invalid binary character in message body, the set of allowed characters is that of XML 1.0',
    );
  const bytes = bytesOf(body, attributes);
  if (bytes > LARGEST_BYTES)
    throw new Refusal(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${LARGEST_BYTES} bytes.`,
    );
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { body, group, deduplicationId: givenId ?? sha256, attributes, bytes };
}

function readAttributes(map: Readonly<Record<string, unknown>>): Draft['attributes'] {
  const entries = Object.entries(map) as [string, MessageAttribute][];
  if (entries.length > 10) throw invalid('MessageAttributes', 'at most 10');
  for (const [name, { DataType: type, StringValue: value }] of entries) {
    if (!ATTRIBUTE_NAME.test(name)) throw invalid('MessageAttributes', `the name ${name} is not allowed`);
    if (type !== 'String')
      throw new Refusal('UnsupportedOperation', `this stand-in knows no attribute of type ${type}`);
    if (typeof value !== 'string' || value === '')
      throw invalid('MessageAttributes', `${name} must have a value`);
  }
  return Object.fromEntries(entries);
}

function bytesOf(body: string, attributes: Draft['attributes']): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType: type, StringValue: value }]) => sum + Buffer.byteLength(name + type + value),
    Buffer.byteLength(body),
  );
}

export function md5(data: string | Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

/** As the developer guide says: names sorted; length and bytes of name and type; 1 for a text; length and bytes of the value. */
export function md5OfAttributes(attributes: Draft['attributes']): string | null {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return null;
  const parts = names.flatMap((name) => {
    const { DataType: type = '', StringValue: value = '' } = attributes[name] ?? {};
    return [...withLength(name), ...withLength(type), Buffer.of(1), ...withLength(value)];
  });
  return md5(Buffer.concat(parts));
}

function withLength(text: string): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return [length, Buffer.from(text)];
}
