import { setTimeout as pause } from 'node:timers/promises';
import { Prisma, type PrismaClient } from '../prisma/client/client.ts';

// #region retry
const TRIES = 5;

/**
 * Runs `act` in a serializable transaction, from the start again if others
 * were in its way. It must do nothing that a rollback cannot undo.
 */
export async function serializable<T>(
  prisma: PrismaClient,
  act: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await prisma.$transaction(act, {
        isolationLevel: 'Serializable',
      });
    } catch (error) {
      if (tries === TRIES || !isConflict(error)) throw error;
      // Not all at the same moment again.
      await pause(Math.random() * 20 * 2 ** tries);
    }
  }
}

/** The three faces of one conflict in Prisma 7.10. */
function isConflict(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    // P2010 where a raw statement met it.
    const raw = /Raw query failed\. Code: `(40001|40P01)`/;
    return error.code === 'P2034' || raw.test(error.message);
  }
  // COMMIT itself can be refused; that error has no code.
  return (
    error instanceof Error &&
    error.name === 'DriverAdapterError' &&
    error.message === 'TransactionWriteConflict'
  );
}
// #endregion retry
