export { DynamoDBClient } from '../dynamodb/dynamo';
