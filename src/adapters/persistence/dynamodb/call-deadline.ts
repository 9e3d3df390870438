import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<CallDeadline>();

/** The deadline of the call that is under way here. */
export function deadlineOfCall(): CallDeadline | undefined {
  return current.getStore();
}

/**
 * The end of one call with all its retries. Whoever made it is answered then, at the latest; what of it is on the wire is broken off, and nothing of it
 * is sent afterwards.
 *
 * It is also the SDK's abort signal of each of its attempts, in the SDK's own plain form: one of the platform costs as much as signing the request, and
 * one handed to `send` would have the SDK build its whole chain of middleware anew for each call.
 * Real time, not the Clock's: it guards sockets.
 */
export class CallDeadline {
  /** Set by the SDK's HTTP handler while it waits for an answer. */
  onabort: (() => void) | null = null;
  private isOver = false;

  get aborted(): boolean {
    return this.isOver;
  }

  /** @throws Error named AbortError when the work did not end within `ms` */
  static bound<T>(ms: number, work: (deadline: CallDeadline) => Promise<T>): Promise<T> {
    const deadline = new CallDeadline();
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        deadline.isOver = true;
        deadline.onabort?.();
        reject(Object.assign(new Error(`no answer within ${ms} ms`), { name: 'AbortError' }));
      }, ms);
      current
        .run(deadline, work, deadline)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}
