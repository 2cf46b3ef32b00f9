import express from 'express';
import type { PrismaClient } from '#prisma';

/** Support calls DELETE /sessions?userId=... to log a user out everywhere. To be written. */
export function makeApp(_prisma: PrismaClient) {
  return express();
}
