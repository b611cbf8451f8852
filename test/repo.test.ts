import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path/posix'
import { test } from 'tap'
import ts from 'typescript'

const LONGEST_FILE = 400
const LONGEST_FUNCTION = 60

interface Import {
  /** Path from the root, package name, or `node:` name. */
  readonly from: string
  /** What is imported by name; empty for everything at once, and for nothing at all. */
  readonly names: readonly string[]
  readonly isTypeOnly: boolean
}

interface Module {
  readonly path: string
  readonly ast: ts.SourceFile
  readonly imports: readonly Import[]
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}

function typescriptFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules'))
    .map((path) => join(folder, path))
    .sort()
}

function descendants(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = []
  const visit = (child: ts.Node): void => {
    found.push(child)
    ts.forEachChild(child, visit)
  }
  ts.forEachChild(node, visit)
  return found
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return isCall ? node.arguments[0] : undefined
}

/** The file that a specifier stands for. */
function sourceOf(specifier: string): string {
  const path = specifier.replace(/\.js$/, '.ts')
  return existsSync(path) ? path : path.replace(/\.ts$/, '.tsx')
}

function importsOf(path: string, ast: ts.SourceFile): readonly Import[] {
  return descendants(ast).flatMap((node) => {
    const specifier = specifierOf(node)
    if (!specifier || !ts.isStringLiteralLike(specifier)) return []
    const { text } = specifier
    const from = text.startsWith('.') ? sourceOf(join(dirname(path), text)) : text
    const clause = ts.isImportDeclaration(node) ? node.importClause : undefined
    const bindings = clause?.namedBindings
    const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : []
    const isTypeOnly =
      ts.isImportTypeNode(node) ||
      (ts.isExportDeclaration(node) && node.isTypeOnly) ||
      clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
      (elements.length > 0 && elements.every((element) => element.isTypeOnly))
    const names = elements.map((element) => (element.propertyName ?? element.name).text)
    return [{ from, names, isTypeOnly }]
  })
}

function moduleAt(path: string): Module {
  const ast = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest, true)
  return { path, ast, imports: importsOf(path, ast) }
}

const SOURCES = typescriptFiles('src').map(moduleAt)
/** The pages of the management, which run in browsers. */
const PAGES = typescriptFiles('web/src').map(moduleAt)
const SHIPPED = [...SOURCES, ...PAGES]
const OTHERS = ['test', 'mock', 'bench'].flatMap(typescriptFiles).map(moduleAt)

/** What of the sources breaks a rule: `look` tells it per module. */
function offences(
  look: (module: Module) => readonly string[],
  modules: readonly Module[] = SOURCES,
): readonly string[] {
  return modules.flatMap((module) => look(module).map((what) => `${module.path}: ${what}`))
}

/** The part of the program that a file belongs to: a folder of src, and each face on its own. */
function areaOf(path: string): string {
  const [, folder = '', inner = '', ...deeper] = path.split('/')
  if (folder === 'faces' && deeper.length > 0) return `faces/${inner}`
  return folder.replace(/\.ts$/, '')
}

/** Who may import whom, beside their own part. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  model: ['core'],
  clients: ['core'],
  disk: ['core'],
  telemetry: ['core'],
  checks: ['core', 'clients'],
  sources: ['core', 'model', 'clients'],
  store: ['core', 'model', 'clients', 'disk'],
  faces: ['core', 'telemetry'],
  'faces/proxy': ['core', 'telemetry', 'disk'],
  'faces/gateway': ['core', 'telemetry', 'model'],
  'faces/dns': ['core', 'telemetry'],
  'faces/hosts': ['core', 'telemetry', 'disk'],
  manage: ['core', 'disk', 'model', 'store', 'telemetry'],
  config: ['core', 'checks'],
  import: ['core', 'checks', 'config'],
  'import-models': ['core', 'clients', 'config', 'model', 'store'],
  'load-bundle': ['core', 'config', 'store'],
  register: ['core', 'clients', 'config'],
}

function mayImport(path: string, { from, isTypeOnly }: Import): boolean {
  const [area, target] = [areaOf(path), areaOf(from)]
  if (area === target) return true
  if (target === 'app') return false
  if (area === 'app' || area === 'runtime') return true
  if (target.startsWith('faces/'))
    return area === 'config' ? isTypeOnly : path === 'src/faces/registry.ts'
  if (from === 'src/faces/face.ts') return area.startsWith('faces/')
  return ARROWS[area]?.includes(target) ?? false
}

test('Nothing is imported against the arrows of the architecture', (t) => {
  const wrong = offences(({ path, imports }) =>
    imports
      .filter((each) => each.from.startsWith('src/') && !mayImport(path, each))
      .map(({ from }) => from),
  )
  t.same(wrong, [])
  t.end()
})

/** Packages that pages may use. */
const PAGE_PACKAGES = ['preact', 'preact/hooks', '@preact/signals', 'idb', 'fflate']

test('Pages take of the program what is pure, and of its HTTP API the types', (t) => {
  const isAllowed = ({ from, isTypeOnly }: Import): boolean => {
    if (from.startsWith('web/src/')) return true
    if (!from.startsWith('src/')) return PAGE_PACKAGES.includes(from)
    const area = areaOf(from)
    return area === 'core' || area === 'model' || (area === 'manage' && isTypeOnly)
  }
  const wrong = offences(
    ({ imports }) => imports.filter((each) => !isAllowed(each)).map(({ from }) => from),
    PAGES,
  )
  t.same(wrong, [])
  t.end()
})

test('No part of the program needs a page', (t) => {
  const wrong = offences(({ imports }) =>
    imports.map(({ from }) => from).filter((from) => from.startsWith('web/')),
  )
  t.same(wrong, [])
  t.end()
})

/** What the core may take from Node: functions of their arguments alone. */
const PURE = new Set([
  'BlockList',
  'isIP',
  'isIPv4',
  'isIPv6',
  'createHash',
  'createHmac',
  'timingSafeEqual',
])

/** Packages that may be used there: they turn text into values, and do nothing else. */
const PURE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  model: ['re2js', '@rgrove/parse-xml'],
}

test('The core needs no package and the model only readers of text, and of Node both only what is pure', (t) => {
  const wrong = offences(({ path, imports }) => {
    const packages = PURE_PACKAGES[areaOf(path)]
    if (!packages) return []
    const foreign = imports.filter(({ from }) => !from.startsWith('src/'))
    const isPure = ({ from, names }: Import): boolean =>
      packages.includes(from) ||
      (from.startsWith('node:') && names.length > 0 && names.every((name) => PURE.has(name)))
    return foreign.filter((each) => !isPure(each)).map(({ from }) => from)
  })
  t.same(wrong, [])
  t.end()
})

test('No module needs itself by way of others', (t) => {
  // Types are erased: they say what is known of one another, not what has to be loaded first.
  const importsByPath = new Map(
    SHIPPED.map(({ path, imports }) => [path, imports.filter(({ isTypeOnly }) => !isTypeOnly)]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const follow = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (way.includes(path) || done.has(path)) return
    for (const { from } of importsByPath.get(path) ?? []) follow(from, [...way, path])
    done.add(path)
  }
  for (const { path } of SHIPPED) follow(path, [])
  t.same(cycles, [])
  t.end()
})

test('The mocks know nothing of the program they stand in for', (t) => {
  const wrong = offences(
    ({ path, imports }) =>
      path.startsWith('mock/')
        ? imports.map(({ from }) => from).filter((from) => /^(src|dist)\//.test(from))
        : [],
    OTHERS,
  )
  t.same(wrong, [])
  t.end()
})

test('Only the configuration reads the environment', (t) => {
  const wrong = offences(({ path, ast }) =>
    descendants(ast)
      .filter((node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env')
      .filter(() => areaOf(path) !== 'config')
      .map((node) => node.getText()),
  )
  t.same(wrong, [])
  t.end()
})

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)
}

test('Nothing is exported by default', (t) => {
  const wrong = offences(
    ({ ast }) =>
      descendants(ast)
        .filter(isDefaultExport)
        .map((node) => node.getText()),
    SHIPPED,
  )
  t.same(wrong, [])
  t.end()
})

test('Nothing is imported for its side effects', (t) => {
  const wrong = offences(
    ({ ast }) =>
      ast.statements
        .filter((node) => ts.isImportDeclaration(node) && !node.importClause)
        .map((node) => node.getText()),
    SHIPPED,
  )
  t.same(wrong, [])
  t.end()
})

test('No module only hands on what others export', (t) => {
  const handsOn = (node: ts.Statement): boolean =>
    ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined
  const wrong = offences(
    ({ path, ast: { statements } }) => [
      ...statements
        .filter((node) => ts.isExportDeclaration(node) && !node.exportClause)
        .map((node) => node.getText()),
      ...(basename(path) === 'index.ts' ? ['index.ts'] : []),
      ...(statements.length > 0 && statements.every(handsOn) ? ['nothing of its own'] : []),
    ],
    SHIPPED,
  )
  t.same(wrong, [])
  t.end()
})

test('Files are named in kebab case', (t) => {
  const wrong = [...SHIPPED, ...OTHERS]
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(?:[a-z\d]+(?:-[a-z\d]+)*\/)+[a-z\d]+(?:-[a-z\d]+)*(?:\.test|\.d)?\.tsx?$/.test(path),
    )
  t.same(wrong, [])
  t.end()
})

test(`No file is over ${LONGEST_FILE} lines`, (t) => {
  const lines = ({ ast }: Module): number => ast.text.trimEnd().split('\n').length
  const wrong = offences(
    (module) => (lines(module) > LONGEST_FILE ? [`${lines(module)} lines`] : []),
    [...SHIPPED, ...OTHERS],
  )
  t.same(wrong, [])
  t.end()
})

/** The lines on which something stands that is not a comment. */
function codeLines(node: ts.Node, lines = new Set<number>()): ReadonlySet<number> {
  const ast = node.getSourceFile()
  const children = node.getChildren().filter((child) => !ts.isJSDoc(child))
  for (const child of children) codeLines(child, lines)
  if (children.length > 0 || node.getWidth() === 0) return lines
  const lineAt = (position: number): number => ast.getLineAndCharacterOfPosition(position).line
  for (let line = lineAt(node.getStart()); line <= lineAt(node.end); line++) lines.add(line)
  return lines
}

test(`No function is over ${LONGEST_FUNCTION} lines`, (t) => {
  const wrong = offences(
    ({ ast }) =>
      descendants(ast)
        .filter((node) => ts.isFunctionLike(node) && codeLines(node).size > LONGEST_FUNCTION)
        .map((node) => `line ${ast.getLineAndCharacterOfPosition(node.getStart()).line + 1}`),
    SHIPPED,
  )
  t.same(wrong, [])
  t.end()
})

test('The lock file names no registry', (t) => {
  t.notMatch(textOf('package-lock.json'), /"resolved"/)
  t.notOk(readdirSync('.').includes('.npmrc'))
  t.end()
})
