/** `node:fs` for Valkey: its one file is handed over compiled. */
export const readFileSync = () => new Uint8Array();
export default { readFileSync };
