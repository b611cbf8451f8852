import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { Refusal } from '../http/refusal.js'

/** What a hash costs: time and memory grow with `cost` (a power of two), memory also with `blockSize`. */
export interface ScryptCost {
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** 128 MiB and some tenths of a second, as OWASP's Password Storage Cheat Sheet asks for. */
const COST: ScryptCost = { cost: 2 ** 17, blockSize: 8, parallelization: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Half of the threads that Node.js also reads files and looks names up with, and 256 MiB at most. */
const MOST_AT_ONCE = 2
const MOST_WAITING = 32

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same characters can be typed in several ways (RFC 8265 section 4.1).
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

function optionsOf({ cost, blockSize, parallelization }: ScryptCost): ScryptOptions {
  // What OpenSSL counts together, to the byte.
  const maxmem = 128 * blockSize * (cost + parallelization + 2)
  return { N: cost, r: blockSize, p: parallelization, maxmem }
}

const STORED = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/

/** Turns passwords into what is stored of them (RFC 7914); few at a time, however many are asked for. */
export class PasswordHasher {
  private readonly cost: ScryptCost
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(cost: ScryptCost = COST) {
    this.cost = cost
  }

  /** @throws Refusal 429 when too many wait already */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES)
    const key = await this.inTurn(() => derive(password, salt, optionsOf(this.cost)))
    const { cost, blockSize, parallelization } = this.cost
    const texts = [salt, key].map((bytes) => bytes.toString('base64url'))
    return ['scrypt', cost, blockSize, parallelization, ...texts].join('$')
  }

  /**
   * Whether a password is the one that is stored; takes as long when nothing is.
   * @throws Refusal 429 when too many wait already
   */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const [, cost, blockSize, parallelization, salt, hash] = STORED.exec(stored ?? '') ?? []
    if (!salt || !hash) {
      await this.hash(password)
      return false
    }
    const options = optionsOf({
      cost: Number(cost),
      blockSize: Number(blockSize),
      parallelization: Number(parallelization),
    })
    const key = await this.inTurn(() => derive(password, Buffer.from(salt, 'base64url'), options))
    const expected = Buffer.from(hash, 'base64url')
    return expected.length === key.length && timingSafeEqual(expected, key)
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting.length >= MOST_WAITING)
      throw new Refusal(429, {
        detail: 'Too many sign in at this moment',
        headers: { 'retry-after': '5' },
      })
    if (this.running >= MOST_AT_ONCE)
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.running++
    try {
      return await work()
    } finally {
      this.running--
      this.waiting.shift()?.()
    }
  }
}
