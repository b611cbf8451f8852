import t from 'tap'
import { WireTransport } from '../../../../src/faces/proxy/transport/wire/wire-transport.js'
import { transportConformance } from '../../../support/transport-conformance.js'

transportConformance(t, 'wire', (settings) => new WireTransport(settings))
