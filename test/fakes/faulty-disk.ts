import { openOnDisk, type OpenFile, type WritableFile } from '../../src/adapters/persistence/json/open-file';

export type DiskOperation = 'open' | 'write' | 'datasync' | 'truncate';

/** A real disk that fills up, fails or stalls when a test says so. */
export class FaultyDisk {
  /** Bytes that still fit on it. */
  room = Infinity;
  /** What was asked of it, in order, with the file's path. */
  readonly asked: { readonly operation: DiskOperation; readonly path: string }[] = [];
  /** Called before each operation; what it waits for or throws happens to the operation. */
  before: (operation: DiskOperation, path: string) => void | Promise<void> = () => undefined;

  readonly openFile: OpenFile = async (path, flags) => {
    await this.ask('open', path);
    return this.watch(await openOnDisk(path, flags), path);
  };

  /** From now on these operations fail with `EIO`. */
  fail(...operations: readonly DiskOperation[]): void {
    this.before = (operation, path) => {
      if (operations.includes(operation)) throw ioError('EIO', operation, path);
    };
  }

  /** The next of these operations fails with `EIO`. */
  failOnce(failing: DiskOperation): void {
    this.before = (operation, path) => {
      if (operation !== failing) return;
      this.heal();
      throw ioError('EIO', operation, path);
    };
  }

  /** It works again and has room. */
  heal(): void {
    this.before = () => undefined;
    this.room = Infinity;
  }

  /** Operations of one kind wait until they are released; `reached` resolves when the first of them has begun to. */
  hold(held: DiskOperation, onPath = ''): { readonly reached: Promise<void>; readonly release: () => void } {
    const released = signal();
    const reached = signal();
    this.before = async (operation, path) => {
      if (operation !== held || !path.includes(onPath)) return;
      reached.resolve();
      await released.promise;
    };
    const release = () => {
      this.heal();
      released.resolve();
    };
    return { reached: reached.promise, release };
  }

  count(operation: DiskOperation): number {
    return this.asked.filter((asked) => asked.operation === operation).length;
  }

  private async ask(operation: DiskOperation, path: string): Promise<void> {
    this.asked.push({ operation, path });
    await this.before(operation, path);
  }

  private watch(file: WritableFile, path: string): WritableFile {
    return {
      write: async (data) => {
        await this.ask('write', path);
        const part = data.subarray(0, Math.min(data.length, this.room));
        if (part.length === 0 && data.length > 0) throw ioError('ENOSPC', 'write', path);
        this.room -= part.length;
        return file.write(part);
      },
      datasync: async () => {
        await this.ask('datasync', path);
        await file.datasync();
      },
      truncate: async (length) => {
        await this.ask('truncate', path);
        await file.truncate(length);
      },
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }
}

function ioError(code: string, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${operation} '${path}'`), { code });
}

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
