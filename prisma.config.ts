import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'src/content/samples/prisma/schema.prisma',
  migrations: { path: 'src/content/samples/prisma/migrations' },
  // Read only by commands that talk to a database; `generate` does not.
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
