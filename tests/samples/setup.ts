import type { TestProject } from 'vitest/node';
import { startServices, type Services } from './run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    services: Services;
  }
}

/** Starts PostgreSQL and Redis once for all samples, hands them to the tests, and resolves to how to stop them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startServices();
  const { postgres, redis, template } = services;
  console.log(`Samples run on PostgreSQL ${postgres.version} and ${redis.version}.`);
  project.provide('services', { postgres, redis, template });
  return () => services.stop();
}
