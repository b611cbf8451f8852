import { createHash } from 'node:crypto'
import { readNetwork } from './address.js'
import { ipv6Words } from './ipv6.js'
import type { ValueType } from './document.js'
import { readDouble } from './numbers.js'

const NAME = /^\w+$/
const VERSION = /^[\da-z-]+(\.[\da-z-]+)*$/i
const STACK = /^\/[\w.-]+\/[\w.-]+$/
const STACK_AND_FLAVOR = /^\/[\w.-]+\/[\w.-]+\/[\w.-]+$/
const FLAVOR = /^[^/\s]+$/

/** Whether a text can name a rule, a template or a list. */
export function isName(text: string): boolean {
  return NAME.test(text) && text !== 'undefined'
}

/** Whether a text is an address, or a network in CIDR notation, of either family. */
export function isAddressOrNetwork(text: string): boolean {
  return readNetwork(text) !== undefined
}

/** Whether a text is `/DC/AZ`. */
export function isStack(text: string): boolean {
  return STACK.test(text)
}

/** Whether a text is `/DC/AZ/flavor`. */
export function isStackAndFlavor(text: string): boolean {
  return STACK_AND_FLAVOR.test(text)
}

/** Whether a text is `/DC/AZ/flavor`, or a flavor alone. */
export function isServerPath(text: string): boolean {
  return text.includes('/') ? isStackAndFlavor(text) : FLAVOR.test(text)
}

/** Whether a value can be compared as that type says. */
export function fitsType(value: string, type: ValueType): boolean {
  switch (type) {
    case 'none':
    case 'string':
      return true
    case 'numeric':
      return Number.isFinite(readDouble(value))
    case 'version':
      return VERSION.test(value)
    case 'ipv6':
      return ipv6Words(value) !== undefined
  }
}

/** What clients send for a value of an encoded list. */
export function encodedValue(value: string): string {
  return createHash('md5').update(value).digest('hex').toUpperCase()
}
