import { GatewayVpcEndpointAwsService, SubnetType, Vpc, type IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { GivenVpc } from './settings';

/**
 * The given VPC, without looking it up; or one of its own in two zones, with a NAT gateway in each: what Vesper has to tell goes out
 * through them, and the loss of one zone must not silence it. DynamoDB is reached past them.
 */
export function networkOf(scope: Construct, given: GivenVpc | null): IVpc {
  if (given !== null) {
    return Vpc.fromVpcAttributes(scope, 'Network', {
      vpcId: given.id,
      availabilityZones: [...given.availabilityZones],
      privateSubnetIds: [...given.privateSubnetIds],
      publicSubnetIds: [...given.publicSubnetIds],
    });
  }
  return new Vpc(scope, 'Network', {
    maxAzs: 2,
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 },
      { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
    ],
    gatewayEndpoints: { dynamodb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
  });
}
