import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CanvasNotWritten, type UnwrittenCanvas } from '../../domain/board/board.errors';
import type { CanvasPreview, CanvasSync } from './canvas.service';

const AT = '2026-02-16T14:30:02.000Z';
const RESULT = { channel: 'C12345678', canvas_id: 'F0123456789', updated_at: AT };

/** A canvas that was written. */
export class WrittenCanvasView {
  @ApiProperty({ description: 'Slack channel it belongs to', example: RESULT.channel })
  channel!: string;

  @ApiProperty({ description: 'Slack’s id of the canvas', example: RESULT.canvas_id })
  canvas_id!: string;

  @ApiProperty({ description: 'When Slack took it', format: 'date-time', example: AT })
  updated_at!: string;
}

export class CanvasSyncView {
  @ApiProperty({ description: 'Always `true`', enum: [true], example: true })
  success!: true;

  @ApiPropertyOptional({ description: 'Canvas of the first channel', example: RESULT.canvas_id })
  canvas_id?: string;

  @ApiPropertyOptional({ description: 'First channel', example: RESULT.channel })
  channel?: string;

  @ApiPropertyOptional({
    description: 'When the canvas of the first channel was written',
    format: 'date-time',
    example: AT,
  })
  updated_at?: string;

  @ApiPropertyOptional({
    description:
      'Every channel, when they are not exactly one; empty, and the only field, when none is configured',
    type: [WrittenCanvasView],
    example: [RESULT],
  })
  results?: WrittenCanvasView[];
}

export class CanvasPreviewView {
  @ApiProperty({ description: 'Slack channel it would be shown in', example: RESULT.channel })
  channel!: string;

  @ApiProperty({
    description: 'Slack’s id of the canvas; null when it has still to be made',
    type: 'string',
    nullable: true,
    example: RESULT.canvas_id,
  })
  canvas_id!: string | null;

  @ApiProperty({ description: 'What would be written, to the letter', example: '# EPM status' })
  markdown!: string;

  @ApiProperty({ description: 'When it was made', format: 'date-time', example: AT })
  generated_at!: string;
}

/** @throws CanvasNotWritten when any of them was not, naming all of both kinds */
export function toCanvasSyncView(syncs: readonly CanvasSync[]): CanvasSyncView {
  const results: (typeof RESULT)[] = [];
  const unwritten: UnwrittenCanvas[] = [];
  for (const { channelId, outcome } of syncs) {
    if (outcome.kind === 'failed') unwritten.push({ channelId, slackError: outcome.slackError });
    else
      results.push({
        channel: channelId,
        canvas_id: outcome.canvasId,
        updated_at: outcome.writtenAt.toISOString(),
      });
  }
  if (unwritten.length > 0) {
    const written = results.map(({ channel }) => channel);
    throw new CanvasNotWritten(unwritten, written);
  }
  const [first] = results;
  return { success: true, ...first, ...(results.length !== 1 && { results }) };
}

export function toCanvasPreviewView(preview: CanvasPreview): CanvasPreviewView {
  return {
    channel: preview.channelId,
    canvas_id: preview.canvasId,
    markdown: preview.text,
    generated_at: preview.generatedAt.toISOString(),
  };
}
