import { ZookeeperError } from './zookeeper-error.js'

/** Whether a text is a path of a node: absolute, and each of its parts a name. */
export function isPath(text: string): boolean {
  if (text === '/') return true
  const [first, ...names] = text.split('/')
  return first === '' && names.length > 0 && names.every(isNodeName)
}

/** Whether a text can name a node below another one. */
export function isNodeName(text: string): boolean {
  // What ZooKeeper's PathUtils refuses: control characters, surrogates, private and special code points.
  return /^[^/\p{Cc}\p{Cs}\ue000-\uf8ff\ufff0-\uffff]+$/u.test(text) && !/^\.\.?$/.test(text)
}

/** The names that a path is made of; none for `/`. */
export function namesOf(path: string): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

/** The path of a child. */
export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

/** The path that is one name shorter; `/` for `/`. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** Paths as the rest of the program has them, and as ZooKeeper has them below a base path. */
export class BasePath {
  private readonly base: string

  /** @param base a path; `/` for none */
  constructor(base: string) {
    this.base = base === '/' ? '' : base
  }

  /** @throws ZookeeperError when it is no path */
  outward(path: string): string {
    if (!isPath(path))
      throw new ZookeeperError('refused', `ZooKeeper: ${JSON.stringify(path)} is no path`)
    return path === '/' ? this.base || '/' : this.base + path
  }

  inward(path: string): string {
    return path === this.base ? '/' : path.slice(this.base.length)
  }
}
