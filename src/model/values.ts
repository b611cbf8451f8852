import { isIP, isIPv6 } from 'node:net'
import type { ValueType } from './document.js'

const NAME = /^\w+$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const VERSION = /^[\da-z-]+(\.[\da-z-]+)*$/i
const STACK = /^\/[\w.-]+\/[\w.-]+$/
const STACK_AND_FLAVOR = /^\/[\w.-]+\/[\w.-]+\/[\w.-]+$/
const FLAVOR = /^[^/\s]+$/

/** Whether nothing can be seen of a text. */
export function isBlank(text: string): boolean {
  return text.trim() === ''
}

/** Whether a text can name a rule, a template or a list. */
export function isName(text: string): boolean {
  return NAME.test(text) && text !== 'undefined'
}

/** Whether a text is an address, or a network in CIDR notation, of either family. */
export function isAddressOrNetwork(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash < 0) return isIP(text) !== 0
  const family = isIP(text.slice(0, slash))
  const length = text.slice(slash + 1)
  return family !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
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
      return NUMBER.test(value)
    case 'version':
      return VERSION.test(value)
    case 'ipv6':
      return isIPv6(value)
  }
}
