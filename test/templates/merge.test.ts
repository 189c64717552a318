// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's
import { describe, expect, test } from 'vitest';
import { mergeTemplates } from './merge.ts';

describe('merged templates', () => {
  test('have all resources, under ids of their own', () => {
    const queue = { Type: 'AWS::SQS::Queue' };

    expect(mergeTemplates([{ Resources: { Queue: queue } }, { Resources: { Queue: queue } }])).toMatchObject({
      Resources: { T1Queue: queue, T2Queue: queue },
    });
  });

  test('refer to the ids of their own template, however a template refers to one', () => {
    const template = {
      Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] } },
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' },
        Other: {
          Type: 'AWS::SQS::Queue',
          DependsOn: ['Queue'],
          Properties: {
            A: { Ref: 'Queue' },
            B: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            C: { 'Fn::GetAtt': 'Queue.Arn' },
            D: { 'Fn::Sub': 'x ${Queue.Arn} ${AWS::Region} ${!Queue}' },
            E: { 'Fn::Join': ['', [{ Ref: 'Queue' }, 'Queue']] },
            F: { 'Fn::If': ['IsProd', { Ref: 'Queue' }, { Ref: 'AWS::NoValue' }] },
            G: { 'Fn::Sub': ['${Queue} ${x}', { x: { Ref: 'Queue' } }] },
          },
        },
      },
      Outputs: { Url: { Value: { Ref: 'Queue' }, Condition: 'IsProd' } },
    };

    expect(mergeTemplates([template])).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      Conditions: { T1IsProd: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'x'] } },
      Resources: {
        T1Queue: { Type: 'AWS::SQS::Queue', Condition: 'T1IsProd' },
        T1Other: {
          Type: 'AWS::SQS::Queue',
          DependsOn: ['T1Queue'],
          Properties: {
            A: { Ref: 'T1Queue' },
            B: { 'Fn::GetAtt': ['T1Queue', 'Arn'] },
            C: { 'Fn::GetAtt': 'T1Queue.Arn' },
            D: { 'Fn::Sub': 'x ${T1Queue.Arn} ${AWS::Region} ${!Queue}' },
            E: { 'Fn::Join': ['', [{ Ref: 'T1Queue' }, 'Queue']] },
            F: { 'Fn::If': ['T1IsProd', { Ref: 'T1Queue' }, { Ref: 'AWS::NoValue' }] },
            G: { 'Fn::Sub': ['${T1Queue} ${x}', { x: { Ref: 'T1Queue' } }] },
          },
        },
      },
      Outputs: { T1Url: { Value: { Ref: 'T1Queue' }, Condition: 'T1IsProd' } },
    });
  });

  test('share their parameters, and leave the conditions of policies alone', () => {
    const template = {
      Parameters: { BootstrapVersion: { Type: 'String' } },
      Resources: {
        StringEquals: { Type: 'AWS::SQS::Queue' },
        Policy: { Properties: { Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'BootstrapVersion' } } } } },
      },
    };

    expect(mergeTemplates([template, template])).toMatchObject({
      Parameters: { BootstrapVersion: { Type: 'String' } },
      Resources: { T2Policy: template.Resources.Policy },
    });
  });
});
