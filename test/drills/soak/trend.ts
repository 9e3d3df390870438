import { median } from '../../processes/median';

/** One measurement: seconds since the begin, and how much it was. */
export type Point = readonly [seconds: number, value: number];

/** The median of the slopes between all pairs (Theil and Sen): single outliers do not move it. @returns change per second */
function slopeOf(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [index, [x1, y1]] of points.entries())
    for (const [x2, y2] of points.slice(index + 1)) if (x2 > x1) slopes.push((y2 - y1) / (x2 - x1));
  return median(slopes);
}

/** How much the trend adds between the first of the points and the last. */
export function riseOf(points: readonly Point[]): number {
  const seconds = (points.at(-1)?.[0] ?? NaN) - (points[0]?.[0] ?? NaN);
  return slopeOf(points) * seconds;
}

/** Without the first third, in which everything is still warming up. */
export function lastTwoThirds(points: readonly Point[]): readonly Point[] {
  return points.slice(Math.floor(points.length / 3));
}
