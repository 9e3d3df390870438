/**
 * DynamoDB on demand, table class Standard, region us-east-1 (N. Virginia), in USD, as of November 2026.
 * https://aws.amazon.com/dynamodb/pricing/on-demand/ : other regions cost up to half as much again; the free tier is not taken off.
 */
export const PRICES = {
  /** Each, of write units: a write of 1 KB. */
  writeUnit: 0.625 / 1_000_000,
  /** Each, of read units: a strongly consistent read of 4 KB. */
  readUnit: 0.125 / 1_000_000,
  /** A GB and month of storage, beyond the 25 GB that are free. */
  storedGb: 0.25,
  /** A GB and month of point-in-time recovery, of the size of table and indexes. */
  recoverableGb: 0.2,
} as const;
