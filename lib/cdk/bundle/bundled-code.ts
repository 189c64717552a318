import { relative, resolve } from 'node:path';
import { FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { assetFolder } from './assets.ts';

/** The folder that assets of a scope's stack go to. */
export const assetDirectoryOf = (scope: Construct): string => resolve(stageOf(scope).assetOutdir);

/** Code that `bundle` has put into the assembly already; `Code.fromAsset` would read and copy it again. */
export class BundledCode extends Code {
  readonly isInline = false;
  private readonly hash: string;

  constructor(hash: string) {
    super();
    this.hash = hash;
  }

  override bind(scope: Construct): CodeConfig {
    const folder = assetFolder(assetDirectoryOf(scope), this.hash);
    const { bucketName, objectKey } = Stack.of(scope).synthesizer.addFileAsset({
      sourceHash: this.hash,
      fileName: relative(stageOf(scope).outdir, folder),
      packaging: FileAssetPackaging.ZIP_DIRECTORY,
      displayName: `${scope.node.path}/Code`,
    });
    return { s3Location: { bucketName, objectKey } };
  }
}

function stageOf(scope: Construct): Stage {
  const stage = Stage.of(scope);
  if (stage === undefined) throw new Error(`${scope.node.path} is in no app`);
  return stage;
}
