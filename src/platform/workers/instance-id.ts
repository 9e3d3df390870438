/** Names this process among all instances, in leases and logs. New at each start. */
export const InstanceId = Symbol('InstanceId');
