import type { Random } from '../core/ports.js'
import type { Compile } from '../model/applications.js'

/**
 * What makes models ready to decide; loaded when something asks for applications.
 * @param random for conditions that hold by chance
 */
export async function loadCompile(random: Random): Promise<Compile> {
  const { compileApplication } = await import('../model/compile.js')
  return ({ model, lists }) => compileApplication(model, lists, random)
}
