import { ControlAnswer } from '../control-endpoint';
import { FakeCanvas } from './canvas';
import { Canvases } from './canvases';

const PATH = /^\/_fake\/canvases(?:\/(F[A-Z0-9]+)(\/lock)?)?$/;

/** `/_fake/canvases…`: how a drill in another process reads canvases and does to them what people do. */
export class CanvasControl {
  constructor(private readonly canvases: Canvases) {}

  /** `null` if the path is none of a canvas. */
  handle(verb: string, path: string, body: Buffer): ControlAnswer | null {
    const match = PATH.exec(path);
    if (!match) return null;
    const [, id, lock] = match;
    if (id === undefined) {
      return verb === 'GET' ? { status: 200, body: this.canvases.list() } : notAllowed(verb, path);
    }
    const canvas = this.canvases.find(id);
    if (!canvas) return { status: 404, body: { ok: false, error: `no canvas ${id}` } };
    if (verb === 'GET' && lock === undefined) return { status: 200, body: canvas };
    if (canvas.deleted) return { status: 409, body: { ok: false, error: `canvas ${id} is deleted` } };
    if (lock !== undefined) return this.lock(verb, path, id);
    if (verb === 'DELETE') return done(this.canvases.change(id, { deleted: true }));
    return verb === 'PUT' ? this.edit(canvas, body) : notAllowed(verb, path);
  }

  private lock(verb: string, path: string, id: string): ControlAnswer {
    if (verb !== 'POST' && verb !== 'DELETE') return notAllowed(verb, path);
    return done(this.canvases.change(id, { isLocked: verb === 'POST' }));
  }

  /** Somebody's hand: the body is the new markdown itself. */
  private edit(canvas: FakeCanvas, body: Buffer): ControlAnswer {
    const markdown = body.toString();
    return done(this.canvases.edit(canvas.id, 'replace', { title: canvas.title, markdown }, 'human'));
  }
}

function done(canvas: FakeCanvas): ControlAnswer {
  return { status: 200, body: { ok: true, revision: canvas.revision } };
}

function notAllowed(verb: string, path: string): ControlAnswer {
  return { status: 405, body: { ok: false, error: `${verb} is not for ${path}` } };
}
