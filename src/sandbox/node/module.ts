function refuse(name: string): never {
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
}
export const createRequire = () => Object.assign(refuse, { resolve: refuse });
export const builtinModules: string[] = [];
export default { builtinModules, createRequire };
