/**
 * What each user may do in Kafka, set as a whole: rights that are missing are granted, and those of a table before
 * are withdrawn. Nothing that stays is touched, so services that run notice nothing.
 */
import kafkajs, { type AclEntry } from 'kafkajs';
import { connectKafka, type KafkaOptions } from './kafka-client.ts';
import { createKafkaLog } from './kafka-log.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

export interface Right {
  principal: string;
  operation: 'read' | 'write' | 'describe';
  resource: 'topic' | 'group';
  /** `*` stands for all. */
  name: string;
}

const operations = {
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
  describe: AclOperationTypes.DESCRIBE,
};
const resources = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP };

export async function setRights(options: KafkaOptions, rights: readonly Right[]): Promise<void> {
  const admin = connectKafka(options, createKafkaLog(options.log), { retries: 5 }).admin();
  await admin.connect();
  try {
    const wanted = new Map(rights.map(toEntry).map((entry) => [JSON.stringify(entry), entry]));
    const all = await admin.describeAcls({
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ANY,
    });
    const stale: AclEntry[] = [];
    for (const { acls, resourceType, resourceName, resourcePatternType } of all.resources) {
      for (const { principal, host, operation, permissionType } of acls) {
        const resource = { resourceType, resourceName, resourcePatternType };
        const entry = { ...resource, principal, host, operation, permissionType };
        if (!wanted.delete(JSON.stringify(entry))) stale.push(entry);
      }
    }
    if (wanted.size > 0) await admin.createAcls({ acl: [...wanted.values()] });
    if (stale.length > 0) await admin.deleteAcls({ filters: stale });
  } finally {
    await admin.disconnect();
  }
}

function toEntry({ principal, operation, resource, name }: Right): AclEntry {
  return {
    resourceType: resources[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${principal}`,
    host: '*',
    operation: operations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  };
}
