import type { Facts } from '../../core/facts.js'
import type { Parameters } from '../../model/decision.js'
import type { SteeredApplication, Steering, Way } from '../../model/steered-application.js'
import { addressOf, type Destination } from './location.js'
import { connectQuery } from './parameters.js'

/** What a client asks. */
export interface Question {
  readonly parameters: Parameters
  /** The client came by TLS. */
  readonly isSecure: boolean
  /** As Redirector decides: a host is chosen first, and the address family that is asked for is looked for then. */
  readonly isLegacy: boolean
}

/** How an answer came about, for metrics: `fallback` is the default server in the place of what has no hosts. */
export type AnsweredBy = 'rule' | 'distribution' | 'default' | 'fallback'

/** What comes of a question. */
export interface Answer {
  readonly by: AnsweredBy
  /** What the rule or the server is called. */
  readonly name: string
  /** By preference; empty when nobody serves. */
  readonly destinations: readonly Destination[]
  /** A group of servers was chosen, of which every one is told. */
  readonly isGroup: boolean
  /** Hosts were chosen that have no address of the family that is asked for; only ever as Redirector decides. */
  readonly lacksFamily: boolean
}

/** Hosts are picked by their weights, whoever asks. */
const ANYBODY: Facts = {
  clientAddress: '',
  path: '',
  header: () => undefined,
  cookie: () => undefined,
}

interface Asked extends Omit<Question, 'isLegacy'> {
  readonly steering: Steering
}

function isReachable(destination: Destination): boolean {
  return !destination.host || addressOf(destination) !== ''
}

/** The rule that URLs tell; Redirector's readers of logs know the default server by the absence of one. */
function toldRule({ decision: { by, name }, isFallback }: Steering): string | undefined {
  return by === 'rule' && !isFallback && !/default/i.test(name) ? name : undefined
}

function destinationBy(
  { server, hosts }: Way,
  { steering, isSecure, parameters }: Asked,
): Destination {
  return {
    server,
    host: hosts?.order(ANYBODY).next()?.target,
    url: steering.url.parameters,
    ruleName: toldRule(steering),
    isSecure,
    connectQuery: connectQuery(parameters),
  }
}

/** Answers a question by the model of an application, and takes a turn of the hosts that it is about. */
export function decide(application: SteeredApplication, question: Question): Answer {
  const { parameters, isSecure, isLegacy } = question
  const steering = application.steer(parameters, !isLegacy)
  const { decision, isFallback, ways } = steering
  const destinations = ways.map((way) => destinationBy(way, { steering, isSecure, parameters }))
  const reachable = isLegacy ? destinations.filter(isReachable) : destinations
  return {
    by: isFallback ? 'fallback' : decision.by,
    name: decision.name,
    destinations: reachable,
    isGroup: decision.group !== undefined && !isFallback,
    lacksFamily: reachable.length === 0 && destinations.length > 0,
  }
}
