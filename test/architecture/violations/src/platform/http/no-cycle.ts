import type { Other } from './other';

export interface Circle {
  readonly other: Other;
}
