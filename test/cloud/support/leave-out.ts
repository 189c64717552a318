import { CfnOutput } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Belfry } from 'belfry/cdk';
import type { IConstruct } from 'constructs';

/** What an emulator cannot take: alarms over several metrics, functions with their mappings, the table, tags of keys. */
export type LeftOut = 'metric-math' | 'functions' | 'table' | 'key-tags';

const BELONGS: Readonly<Record<Exclude<LeftOut, 'key-tags'>, (resource: IConstruct) => boolean>> = {
  'metric-math': (resource) => resource instanceof CfnAlarm && resource.metrics !== undefined,
  functions: (resource) => resource instanceof CfnFunction || resource instanceof CfnEventSourceMapping,
  // With the outputs, one of which is its name.
  table: (resource) => resource instanceof CfnTable || resource instanceof CfnOutput,
};

/** Takes out of an app what an emulator's CloudFormation fails on, so that the rest of it can be deployed there. */
export function leaveOut(belfry: Belfry, parts: readonly LeftOut[]): void {
  for (const each of belfry.node.root.node.findAll()) {
    for (const part of parts) {
      if (part !== 'key-tags' && BELONGS[part](each)) each.node.scope?.node.tryRemoveChild(each.node.id);
      if (part === 'key-tags' && each instanceof CfnKey) each.addPropertyDeletionOverride('Tags');
    }
  }
}
