import type { FastifyInstance } from 'fastify'
import type { ManageServices } from '../http/services.js'
import { applyDue } from './apply-due.js'
import { changeRoutes } from './change-routes.js'
import { ChangeWatch } from './change-watch.js'
import { Changes } from './changes.js'
import { Histories } from './histories.js'
import { historyRoutes, policyRoutes } from './history-routes.js'
import { OutsideWatch } from './outside-watch.js'

/** Change sets at work. */
export interface ChangeWork {
  readonly changes: Changes
  readonly watch: ChangeWatch
}

/** Has change sets proposed, decided and applied for as long as an app runs. */
export function openChanges(app: FastifyInstance, services: ManageServices): ChangeWork {
  const { store, models, clock, audit, log } = services
  const changes = new Changes({ store, models, clock, audit })
  const watch = new ChangeWatch({
    store,
    clock,
    log,
    shelf: changes.shelf,
    applyDue: async ({ record: { id } }) => {
      await applyDue(changes, id, clock.wallTimeMs())
    },
  })
  const outside = new OutsideWatch({ store, models, changes, clock, log })
  watch.start()
  outside.start()
  app.addHook('onClose', (_, done) => {
    watch.stop()
    outside.stop()
    done()
  })
  changeRoutes(app, changes)
  historyRoutes(app, new Histories(changes))
  policyRoutes(app, changes)
  return { changes, watch }
}
