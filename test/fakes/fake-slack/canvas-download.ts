import { renderCanvasFile } from './page/canvas-file.html';
import { PageAnswer } from './page/page-endpoint';
import { Workspace } from './workspace';

const SIGN_IN = '<!doctype html><html><body><h1>Sign in to your workspace</h1></body></html>';

/** `url_private` of a canvas. Whoever shows no token that fits is shown a sign-in page, with status 200 like in Slack. */
export class CanvasDownload {
  constructor(
    private readonly workspace: Workspace,
    private readonly mayRead: (authorization: string | undefined) => boolean,
  ) {}

  /** `null` if the path is none of a canvas. */
  handle(path: string, authorization: string | undefined): PageAnswer | null {
    const id = /^\/files-pri\/T[A-Z0-9]+-(F[A-Z0-9]+)\/(?:download\/)?canvas$/.exec(path)?.[1];
    if (id === undefined) return null;
    if (!this.mayRead(authorization)) return answer(200, SIGN_IN);
    const canvas = this.workspace.canvases.find(id);
    if (!canvas || canvas.deleted) return answer(404, 'no such file');
    return answer(200, `<!doctype html><html><body>${renderCanvasFile(canvas).source}</body></html>`);
  }
}

function answer(status: number, body: string): PageAnswer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
