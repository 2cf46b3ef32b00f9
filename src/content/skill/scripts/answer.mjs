/** Asks a server once, and reads no more than the head of its answer. */
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { UsageError } from './command.mjs';

const SECONDS = 10;

/** Status and headers of a GET. Follows no redirect. Rejects when there is no answer, with what is known of why. */
export function answerOf(url, headers) {
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const refuse = (reason) => reject(new UsageError(`${url.origin} did not answer: ${reason}.`));
    try {
      const signal = AbortSignal.timeout(SECONDS * 1000);
      const asked = send(url, { headers, agent: false, signal }, (answer) => {
        resolve({ status: answer.statusCode, headers: answer.headers, cookies: answer.headers['set-cookie'] ?? [] });
        answer.destroy();
      });
      asked.on('error', (error) =>
        refuse(signal.aborted ? `not within ${SECONDS} seconds` : (error.code ?? error.message)),
      );
      asked.end();
    } catch (error) {
      refuse(error.message);
    }
  });
}
