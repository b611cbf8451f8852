// What passes between clients and targets, again, with the other transport.
process.env['TEST_TRANSPORT'] = 'reply-from'

await import('./bodies.test.js')
await import('./broken-targets.test.js')
await import('./failures.test.js')
await import('./forwarded.test.js')
await import('./framing.test.js')
await import('./informational.test.js')
await import('./messages.test.js')
await import('./odd-responses.test.js')
await import('./secure-targets.test.js')
await import('./upgrade.test.js')
