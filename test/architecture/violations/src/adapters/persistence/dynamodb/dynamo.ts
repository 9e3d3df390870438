// Allowed: an SDK in its own adapter.
export { DynamoDBClient } from '@aws-sdk/client-dynamodb';
