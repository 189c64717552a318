import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A shell with AWS settings must change nothing.
    env: { AWS_PROFILE: '', AWS_EC2_METADATA_DISABLED: 'true' },
  },
});
