import { test } from 'tap'
import { problemsWith } from './reading.js'

const NUMBER = 'needs a number from 1 to 999999, without leading zeros, after'

test('A misspelt variable is reported with the one that was probably meant', (t) => {
  const cases: readonly [wrong: string, meant: string][] = [
    ['TARGET_GROUP_1_TARGTS', 'TARGET_GROUP_1_TARGETS'],
    ['TARGET_GROUP_23_ALGORITM', 'TARGET_GROUP_23_ALGORITHM'],
    ['TARGET_GROUP_1_name', 'none'],
    ['LISTENER_RULE_4_PATHPREFIX', 'LISTENER_RULE_4_PATH_PREFIX'],
    ['LISTENER_RULES_4_HOST', 'LISTENER_RULE_4_HOST'],
    ['LISTENER_PROT', 'LISTENER_PORT'],
    ['LISTENER_TLS_CERTS', 'LISTENER_TLS_CERT'],
    ['MANAGEMENT_HOSTS', 'MANAGEMENT_HOST'],
  ]
  for (const [wrong, meant] of cases) {
    const problem = problemsWith({ [wrong]: 'x' }).find((each) => each.startsWith(`${wrong}:`))
    if (meant === 'none') t.match(problem, /: is not a variable; known: /)
    else t.equal(problem, `${wrong}: is not a variable; did you mean ${meant}?`)
  }
  t.end()
})

test('A variable that is near to none is reported with those there are', (t) => {
  t.same(problemsWith({ GATEWAY_BOOTSTRAP_USER: 'x' }), [
    'GATEWAY_BOOTSTRAP_USER: is not a variable; known: GATEWAY_HOST, GATEWAY_PORT, GATEWAY_RESPONSE',
  ])
  const [problem] = problemsWith({ TARGET_GROUP_3_COLOUR: '' })
  t.match(problem, /^TARGET_GROUP_3_COLOUR: is not a variable; known: TARGET_GROUP_3_NAME, /)
  t.notMatch(problem, /LISTENER/)
  t.end()
})

test('Numbers count from 1 and have no leading zeros', (t) => {
  const meant = 'did you mean TARGET_GROUP_1_NAME?'
  const cases: readonly [string, string][] = [
    ['TARGET_GROUP_0_NAME', meant],
    ['TARGET_GROUP_01_NAME', meant],
    ['TARGET_GROUP_-1_NAME', meant],
    ['TARGET_GROUP_NAME', meant],
    ['TARGET_GROUP__NAME', meant],
    ['TARGET_GROUP_A_NAME', meant],
  ]
  for (const [name, hint] of cases)
    t.same(problemsWith({ [name]: 'x' }), [`${name}: ${NUMBER} TARGET_GROUP_; ${hint}`])
  t.match(problemsWith({ LISTENER_RULE_1234567_HOST: 'x' }), [
    new RegExp(
      `^LISTENER_RULE_1234567_HOST: ${NUMBER} LISTENER_RULE_; known: LISTENER_RULE_1_PATH`,
    ),
  ])
  t.end()
})

test('The largest number is a number', (t) => {
  const group = { TARGET_GROUP_999999_NAME: 'far', TARGET_GROUP_999999_TARGETS: 'h' }
  t.same(problemsWith(group), [])
  t.end()
})

test('The value of an unknown variable is not repeated, for it may be a secret', (t) => {
  const problems = problemsWith({ TARGET_GROUP_1_REDIS_PASSWORD: 'hunter2' })
  t.equal(problems.length, 1)
  t.notMatch(problems.join(), /hunter2/)
  t.end()
})

test("What is not of the program's own families is nobody's mistake", (t) => {
  const others = {
    PATH: '/bin',
    HOME: '/',
    TARGET: 'x',
    LISTENER: 'x',
    listener_port: 'x',
    TARGET_GROUPS: '1',
  }
  t.same(problemsWith(others), [])
  t.end()
})
