/**
 * By the input of its command, which is the one thing that the SDK hands through to its last step. An AsyncLocalStorage would do too, and on Node 20 and 22 would
 * have the whole process pay a hook for each promise.
 */
const deadlines = new WeakMap<object, CallDeadline>();

/** @param input of a command that is under way */
export function deadlineOf(input: object): CallDeadline | undefined {
  return deadlines.get(input);
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
  /** Set by whoever waits for an answer, for each attempt anew. */
  onabort: (() => void) | null = null;
  private isOver = false;

  get aborted(): boolean {
    return this.isOver;
  }

  /**
   * @param input of the one command that the work sends, once or again
   * @throws Error named AbortError when the work did not end within `ms`
   */
  static bound<T>(ms: number, input: object, work: (deadline: CallDeadline) => Promise<T>): Promise<T> {
    const deadline = new CallDeadline();
    deadlines.set(input, deadline);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        deadline.isOver = true;
        deadline.onabort?.();
        reject(Object.assign(new Error(`no answer within ${ms} ms`), { name: 'AbortError' }));
      }, ms);
      work(deadline)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}
