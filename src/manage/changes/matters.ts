import type { Subject } from '../api/changes.js'
import { ApplicationMatter } from './application-matter.js'
import type { ModelBook } from '../models/model-book.js'
import { ListsMatter } from './lists-matter.js'
import type { SubjectMatter } from './subject-matter.js'

/** What change sets are about, as it is now. */
export function matterOf(subject: Subject, models: ModelBook): SubjectMatter {
  return subject.kind === 'lists'
    ? new ListsMatter(models)
    : new ApplicationMatter(subject.name, models)
}
