export const EOL = '\n';
export const arch = () => 'wasm32';
export const availableParallelism = () => 1;
export const cpus = () => [];
export const endianness = () => 'LE';
export const freemem = () => 0;
export const homedir = () => '/';
export const hostname = () => 'sandbox';
export const networkInterfaces = () => ({});
export const platform = () => 'linux';
export const release = () => '0';
export const tmpdir = () => '/tmp';
export const totalmem = () => 0;
export const type = () => 'Linux';
export const userInfo = () => ({ username: 'postgres' });
export default {
  EOL,
  arch,
  availableParallelism,
  cpus,
  endianness,
  freemem,
  homedir,
  hostname,
  networkInterfaces,
  platform,
  release,
  tmpdir,
  totalmem,
  type,
  userInfo,
};
