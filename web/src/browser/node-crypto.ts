import { md5 } from './md5.js'

/** The part of a hash that the model uses. */
interface Hash {
  update(text: string): Hash
  digest(encoding: 'hex'): string
}

/** Stands in for `createHash` of `node:crypto`, as far as the model needs it. @throws RangeError for another hash than MD5 */
export function createHash(algorithm: string): Hash {
  if (algorithm !== 'md5') throw new RangeError(`There is no ${algorithm} here`)
  let text = ''
  const hash: Hash = {
    update(more) {
      text += more
      return hash
    },
    digest: () => md5(new TextEncoder().encode(text)),
  }
  return hash
}
