import type { Circle } from './no-cycle';

export interface Other {
  readonly circle: Circle;
}
