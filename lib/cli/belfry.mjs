#!/usr/bin/env node
// The `belfry` command from its TypeScript sources.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
